/* Busy.java - what a Java machine does with signals and threads of its own: it finds null
 * references and stops its threads by SIGSEGV, and collects garbage meanwhile. */
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

public class Busy {
    static class Node {
        Node next;
        byte[] bytes = new byte[100];
    }

    /* Often enough to be compiled, where no null is looked for but by the processor. */
    static int depth(Node node) {
        int depth = 0;
        try {
            for (;; depth++)
                node = node.next;
        } catch (NullPointerException end) {
            return depth;
        }
    }

    static long makeGarbage(int rounds) {
        long sum = 0;
        for (int i = 0; i < rounds; i++) {
            Node first = new Node();
            first.next = new Node();
            sum += depth(first);
        }
        return sum;
    }

    static int overflow(int depth) {
        try {
            return overflow(depth + 1);
        } catch (StackOverflowError end) {
            return depth;
        }
    }

    static int throughSocket() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread client = new Thread(() -> {
                try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                    for (int i = 0; i < 100; i++)
                        socket.getOutputStream().write(i);
                } catch (Exception error) {
                    System.out.println(error);
                }
            });
            client.start();
            int sum = 0;
            try (Socket socket = server.accept(); InputStream in = socket.getInputStream()) {
                for (int read = in.read(); read >= 0; read = in.read())
                    sum += read;
            }
            client.join();
            return sum;
        }
    }

    public static void main(String[] arguments) throws Exception {
        List<Thread> threads = new ArrayList<>();
        long[] sums = new long[3];
        for (int i = 0; i < sums.length; i++) {
            int number = i;
            threads.add(new Thread(() -> sums[number] = makeGarbage(200000)));
        }
        for (Thread thread : threads)
            thread.start();
        for (int i = 0; i < 20; i++) {
            Thread.sleep(1);
            System.gc();
        }
        for (Thread thread : threads)
            thread.join();
        System.out.println(sums[0] + " " + sums[1] + " " + sums[2]);
        System.out.println(throughSocket());
        System.out.println(overflow(0) > 100);
        Process child = new ProcessBuilder("sh", "-c", "echo from a child; exit 4").start();
        System.out.print(new String(child.getInputStream().readAllBytes()));
        System.out.println(child.waitFor());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        throw new IllegalStateException("the end");
    }
}

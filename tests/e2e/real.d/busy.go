// busy.go - goroutines on small stacks of their own call C, which calls back, while the
// runtime stops threads by signals.
package main

/*
#include <stdlib.h>
#include <unistd.h>

extern int compareInGo(void *, void *);

static int compare(const void *a, const void *b)
{
    return compareInGo((void *)a, (void *)b);
}

static void sort(int *numbers, int count)
{
    qsort(numbers, count, sizeof *numbers, compare);
}

static int read_one(int fd)
{
    char byte;
    return (int)read(fd, &byte, 1);
}
*/
import "C"

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

//export compareInGo
func compareInGo(a, b unsafe.Pointer) C.int {
	grow(10)
	return *(*C.int)(a) - *(*C.int)(b)
}

// The goroutine's stack is moved when it grows.
func grow(depth int) int {
	var space [200]byte
	if depth == 0 {
		return int(space[3])
	}
	return grow(depth-1) + int(space[depth])
}

func work(number int, zero C.int) int {
	sum := 0
	for i := 0; i < 50; i++ {
		sum += int(C.read_one(zero))
		grow(i)
		numbers := []C.int{3, 1, 2, C.int(number), 9, 4}
		C.sort(&numbers[0], C.int(len(numbers)))
		sum += int(numbers[5])
		if i%10 == 0 {
			C.usleep(100)
			runtime.Gosched()
		}
	}
	return sum
}

// Never calls anything: only a signal stops it.
func spin(stop *bool) (turns int) {
	for !*stop && turns < 200000000 {
		turns++
	}
	return turns
}

func manyGoroutines(zero C.int) int {
	var group sync.WaitGroup
	var stop bool
	sums := make([]int, 50)
	go spin(&stop)
	for i := range sums {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			sums[i] = work(i, zero)
		}(i)
	}
	group.Wait()
	stop = true
	total := 0
	for _, sum := range sums {
		total += sum
	}
	return total
}

func recovered() (result string) {
	defer func() { result = fmt.Sprint(recover()) }()
	var nothing *int
	return fmt.Sprint(*nothing)
}

func main() {
	zero, _ := syscall.Open("/dev/zero", syscall.O_RDONLY, 0)
	fmt.Println(manyGoroutines(C.int(zero)))
	fmt.Println(recovered())
	out, err := exec.Command("sh", "-c", "cat; exit 3").Output()
	fmt.Println(string(out), err)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	fmt.Println(<-signals)
	for i := 0; i < 20; i++ {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if len(os.Args) > 1 {
		var nothing *int
		fmt.Println(*nothing)
	}
	os.Exit(5)
}

// What Rust's standard library makes with syscall(2): locks, conditions and channels.
use std::sync::{mpsc, Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

#[inline(never)]
fn wait_for_mutex(mutex: &Mutex<u32>) -> u32 {
    *mutex.lock().unwrap()
}

#[inline(never)]
fn wait_for_message(receiver: &mpsc::Receiver<u32>) -> u32 {
    receiver.recv().unwrap()
}

#[inline(never)]
fn wait_for_condition(pair: &(Mutex<bool>, Condvar)) {
    let mut ready = pair.0.lock().unwrap();
    while !*ready {
        ready = pair.1.wait(ready).unwrap();
    }
}

#[inline(never)]
fn wait_to_be_unparked() {
    thread::park();
}

fn nap() {
    thread::sleep(Duration::from_millis(60));
}

fn main() {
    let mutex = Arc::new(Mutex::new(7));
    let pair = Arc::new((Mutex::new(false), Condvar::new()));
    let (sender, receiver) = mpsc::channel();
    let (taken, is_taken) = mpsc::channel();
    let (mutex2, pair2, parked) = (mutex.clone(), pair.clone(), thread::current());
    let worker = thread::spawn(move || {
        {
            let _guard = mutex2.lock().unwrap();
            taken.send(()).unwrap();
            nap();
        }
        nap();
        sender.send(5).unwrap();
        nap();
        *pair2.0.lock().unwrap() = true;
        pair2.1.notify_one();
        nap();
        parked.unpark();
    });
    while is_taken.try_recv().is_err() {
        std::hint::spin_loop();
    }
    let sum = wait_for_mutex(&mutex) + wait_for_message(&receiver);
    wait_for_condition(&pair);
    wait_to_be_unparked();
    worker.join().unwrap();
    println!("{}", sum);
}

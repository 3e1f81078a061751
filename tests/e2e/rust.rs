// options: --root rust::main --leaf Queue::push,rust::work,rust::main::{closure#0}
/* Leaves of a Rust program: a method, a function by its path, and a closure. */
use std::mem::ManuallyDrop;

/* As std::hint::black_box, for a compiler that is older than that. */
fn black_box<T>(value: T) -> T {
    unsafe { std::ptr::read_volatile(&*ManuallyDrop::new(value)) }
}

struct Queue {
    items: Vec<u32>,
}

impl Queue {
    #[inline(never)]
    fn push(&mut self, item: u32) {
        self.items.push(black_box(item));
    }
}

#[inline(never)]
fn work(queue: &mut Queue) {
    for item in 0..3 {
        Queue::push(queue, item);
    }
}

#[inline(never)]
fn apply(f: &dyn Fn(u32) -> u32, n: u32) -> u32 {
    f(n) + 1
}

fn main() {
    let mut queue = Queue { items: Vec::new() };
    work(&mut queue);
    let factor = black_box(2);
    let closure: &dyn Fn(u32) -> u32 = &|n| n * black_box(factor);
    black_box(apply(black_box(closure), 3));
    work(&mut queue);
}

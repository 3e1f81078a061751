// panics.rs - panics unwind through the calls of leaves, and are caught by the leaves' callers.
//
// usage: panics caught | uncaught | thread

use std::panic;
use std::time::Duration;

extern "C-unwind" {
    fn qsort(
        base: *mut i32,
        count: usize,
        size: usize,
        compare: extern "C-unwind" fn(*const i32, *const i32) -> i32,
    );
}

extern "C-unwind" fn compare(a: *const i32, b: *const i32) -> i32 {
    let (a, b) = unsafe { (*a, *b) };
    if a == 13 || b == 13 {
        panic!("unlucky");
    }
    a - b
}

fn sort(numbers: &mut [i32]) {
    unsafe { qsort(numbers.as_mut_ptr(), numbers.len(), 4, compare) }
}

#[inline(never)]
#[no_mangle]
pub extern "C-unwind" fn own_leaf(number: i32) -> i32 {
    std::thread::sleep(Duration::from_micros(10));
    if number % 2 == 1 {
        panic!("odd {}", number);
    }
    number
}

fn all_caught() {
    for round in 0..4 {
        let mut numbers = [5, 3, 9, 1, 10 + round, 7];
        match panic::catch_unwind(panic::AssertUnwindSafe(|| sort(&mut numbers))) {
            Ok(()) => println!("sorted {:?}", numbers),
            Err(reason) => println!("caught {}", reason.downcast_ref::<&str>().unwrap()),
        }
        match panic::catch_unwind(|| own_leaf(round)) {
            Ok(number) => println!("returned {}", number),
            Err(reason) => println!("caught {}", reason.downcast_ref::<String>().unwrap()),
        }
    }
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("uncaught") => sort(&mut [13, 1, 2]),
        Some("thread") => {
            let thread = std::thread::Builder::new().name("unlucky".into());
            let result = thread.spawn(|| own_leaf(3)).unwrap().join();
            println!("joined: {}", result.is_err());
        }
        _ => all_caught(),
    }
}

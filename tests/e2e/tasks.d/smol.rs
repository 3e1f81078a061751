// Three tasks sleep, two wait for a mutex.
use smol::{lock::Mutex, Timer};
use std::{sync::Arc, time::Duration};

async fn asleep() {
    Timer::after(Duration::from_secs(3600)).await;
}

async fn at_mutex(mutex: Arc<Mutex<u8>>) {
    let _guard = mutex.lock().await;
}

fn main() {
    smol::block_on(async {
        let mutex = Arc::new(Mutex::new(0));
        let guard = mutex.lock().await;
        for _ in 0..3 {
            smol::spawn(asleep()).detach();
        }
        for _ in 0..2 {
            smol::spawn(at_mutex(mutex.clone())).detach();
        }
        Timer::after(Duration::from_millis(500)).await;
        std::mem::forget(guard);
        std::process::exit(0)
    })
}

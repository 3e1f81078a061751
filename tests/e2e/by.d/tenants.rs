// tenants.rs - a root in Rust.
use std::hint::black_box;

#[inline(never)]
fn step(n: u64) {
    black_box(n);
}

#[inline(never)]
fn serve(tenant: u32, weight: f64) -> u64 {
    for i in 0..tenant {
        step(i as u64);
    }
    black_box(weight) as u64 + tenant as u64
}

fn main() {
    let mut sum = 0;
    for round in 0..3 {
        for tenant in 1..4 {
            sum += serve(black_box(tenant), black_box(round as f64));
        }
    }
    black_box(sum);
}

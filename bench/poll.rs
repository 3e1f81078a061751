// The time of a turn of a task of Tokio: `poll yield COUNT` gives way to the only other task, `poll
// message COUNT` sends a message to a task and waits for the answer, which are two turns. Prints
// the nanoseconds of one turn as "hit: REAL REAL 0", as bench/hit.c does.
use std::time::Instant;
use tokio::sync::mpsc;

async fn give_way(count: u64) {
    for _ in 0..count {
        tokio::task::yield_now().await
    }
}

async fn answer(mut questions: mpsc::Receiver<u64>, answers: mpsc::Sender<u64>) {
    while let Some(question) = questions.recv().await {
        answers.send(question).await.unwrap()
    }
}

async fn ask(count: u64, questions: mpsc::Sender<u64>, mut answers: mpsc::Receiver<u64>) {
    for i in 0..count / 2 {
        questions.send(i).await.unwrap();
        answers.recv().await.unwrap();
    }
}

async fn run(variant: &str, count: u64) {
    if variant == "yield" {
        return tokio::spawn(give_way(count)).await.unwrap();
    }
    let (questions, asked) = mpsc::channel(1);
    let (answers, answered) = mpsc::channel(1);
    tokio::spawn(answer(asked, answers));
    tokio::spawn(ask(count, questions, answered)).await.unwrap()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let count = arguments[2].parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(run(&arguments[1], count / 10));
    let start = Instant::now();
    runtime.block_on(run(&arguments[1], count));
    let turn = start.elapsed().as_nanos() as f64 / count as f64;
    println!("hit: {turn:.2} {turn:.2} 0");
}

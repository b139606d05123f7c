//! Faults on demand, for tests: only in a build with the feature `faults`, which is never the one that is deployed.

use worker::Env;

/// A named point on the way of an event. In a build for tests the gate stops there and asks the harness, bound as
/// `HARNESS`, which may kill it before it answers.
#[cfg(feature = "faults")]
pub(crate) async fn reach(point: &str, env: &Env) {
    if let Ok(harness) = env.service("HARNESS") {
        // Whatever comes back, it goes on.
        let _ = harness.fetch(format!("https://harness/{point}"), None).await;
    }
}

/// A named point on the way of an event, which only tests care for.
#[cfg(not(feature = "faults"))]
pub(crate) async fn reach(_: &str, _: &Env) {}

/// Does what must never happen, as the path says.
#[cfg(feature = "faults")]
#[expect(clippy::panic, clippy::arithmetic_side_effects, reason = "that is what it is for")]
pub(crate) fn provoke(fault: &str) {
    /// Uses up the stack. What it adds is there so that no compiler makes a loop of it.
    fn descend(depth: u64) -> u64 {
        let frame = std::hint::black_box([depth; 64]);
        let below = if frame.contains(&u64::MAX) { 0 } else { descend(depth + 1) };
        below ^ frame.iter().fold(0, |sum, word| sum ^ word)
    }
    match fault {
        "panic" => panic!("a panic was asked for"),
        "stack" => {
            std::hint::black_box(descend(0));
        }
        "memory" => {
            let mut held: Vec<Vec<u8>> = Vec::new();
            loop {
                held.push(std::hint::black_box(Vec::with_capacity(1 << 30)));
            }
        }
        _ => {}
    }
}

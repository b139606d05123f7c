//! Metrics for Prometheus. Deliveries are counted in this isolate since it started, so a scrape sees only one isolate's
//! share. The outbox's counts come from the outbox and cover everything.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use worker::{Delay, Env};

use crate::limits::{COUNTS_POLL_PAUSE, MAX_COUNTS_AGE_MILLIS};
use crate::outbox::{self, Counts};
use crate::platform::clock;

/// The upper bounds of the histogram's buckets, in milliseconds.
const BOUNDS_MILLIS: [u64; 10] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10_000];

/// The deliveries of one source with one outcome.
#[derive(Clone, Debug, Default)]
struct Series {
    count: u64,
    millis: u64,
    buckets: [u64; BOUNDS_MILLIS.len()],
}

#[derive(Debug, Default)]
struct Metrics {
    deliveries: BTreeMap<(String, &'static str), Series>,
    skew_seconds: BTreeMap<String, i64>,
}

/// A question to the outbox about its counts. Times are in milliseconds since 1970.
#[derive(Clone, Copy)]
enum Question {
    /// The isolate has not asked yet.
    Never,
    /// A request has asked and waits for the answer.
    Asked { at: u64 },
    /// The outbox has answered, or failed.
    Answered { at: u64, counts: Option<Counts> },
}

thread_local! {
    static METRICS: RefCell<Metrics> = RefCell::default();
    /// The last question about the outbox's counts.
    static LAST_QUESTION: Cell<Question> = const { Cell::new(Question::Never) };
}

/// Counts a delivery by its source and its outcome's code, with the time that it took.
pub(crate) fn count_delivery(source: &str, outcome: &'static str, took: Duration) {
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    METRICS.with_borrow_mut(|metrics| {
        let series = metrics.deliveries.entry((source.to_owned(), outcome)).or_default();
        series.count = series.count.saturating_add(1);
        series.millis = series.millis.saturating_add(millis);
        let buckets = series.buckets.iter_mut().zip(BOUNDS_MILLIS).filter(|(_, bound)| millis <= *bound);
        buckets.for_each(|(bucket, _)| *bucket = bucket.saturating_add(1));
    });
}

/// Records the age of an authentic delivery's signed timestamp in seconds. It is negative if the sender's clock is ahead.
pub(crate) fn record_skew(source: &str, seconds: i64) {
    METRICS.with_borrow_mut(|metrics| metrics.skew_seconds.insert(source.to_owned(), seconds));
}

/// All metrics in the text format of Prometheus.
pub(crate) async fn render(env: &Env) -> String {
    let counts = load_counts(env).await;
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = METRICS.with_borrow(|metrics| metrics.write(&mut text));
    if let Some(counts) = counts {
        let _ = write_counts(&mut text, &counts);
    }
    text
}

/// The outbox's counts; `None` if it failed. Metrics are public, and a question asks every object. So answers and failures are
/// kept for a while, and requests that arrive during a question wait for its answer. They look at it again and again, because
/// in Workers no request may wait for the promise of another one.
async fn load_counts(env: &Env) -> Option<Counts> {
    loop {
        let now = clock::now_millis();
        match LAST_QUESTION.get() {
            Question::Answered { at, counts } if now.abs_diff(at) < MAX_COUNTS_AGE_MILLIS => return counts,
            // A request that was cut off never notes its answer.
            Question::Asked { at } if now.abs_diff(at) < MAX_COUNTS_AGE_MILLIS => Delay::from(COUNTS_POLL_PAUSE).await,
            Question::Never | Question::Asked { .. } | Question::Answered { .. } => break,
        }
    }
    LAST_QUESTION.set(Question::Asked { at: clock::now_millis() });
    let counts = outbox::count(env).await.ok();
    LAST_QUESTION.set(Question::Answered { at: clock::now_millis(), counts });
    counts
}

/// Writes the outbox's counts. If the outbox does not answer, these metrics are absent, which an alert can detect.
fn write_counts(text: &mut String, counts: &Counts) -> std::fmt::Result {
    let Counts { pending, parked, dead, oldest } = *counts;
    write_header(text, "countersign_outbox_events", "gauge", "Events that are not on the queue yet, in all objects.")?;
    writeln!(text, "countersign_outbox_events{{state=\"pending\"}} {pending}")?;
    writeln!(text, "countersign_outbox_events{{state=\"parked\"}} {parked}")?;
    write_header(text, "countersign_dead_letters", "gauge", "Messages that the consumer could not act on.")?;
    writeln!(text, "countersign_dead_letters {dead}")?;
    let now = clock::now_millis();
    let age = oldest.map_or(0, |oldest| now.saturating_sub(u64::try_from(oldest).unwrap_or(0)));
    write_header(text, "countersign_oldest_pending_seconds", "gauge", "How long the oldest pending event has waited.")?;
    writeln!(text, "countersign_oldest_pending_seconds {}", format_seconds(age))
}

impl Metrics {
    fn write(&self, text: &mut String) -> std::fmt::Result {
        write_header(
            text,
            "countersign_delivery_seconds",
            "histogram",
            "Deliveries by source and outcome, in this isolate.",
        )?;
        for ((source, outcome), series) in &self.deliveries {
            let labels = format!("source=\"{}\",outcome=\"{outcome}\"", escape(source));
            for (bound, count) in BOUNDS_MILLIS.iter().zip(series.buckets) {
                let bound = format_seconds(*bound);
                writeln!(text, "countersign_delivery_seconds_bucket{{{labels},le=\"{bound}\"}} {count}")?;
            }
            let Series { count, millis, .. } = series;
            writeln!(text, "countersign_delivery_seconds_bucket{{{labels},le=\"+Inf\"}} {count}")?;
            writeln!(text, "countersign_delivery_seconds_sum{{{labels}}} {}", format_seconds(*millis))?;
            writeln!(text, "countersign_delivery_seconds_count{{{labels}}} {count}")?;
        }
        write_header(
            text,
            "countersign_deliveries_total",
            "counter",
            "Deliveries by source and outcome, in this isolate.",
        )?;
        for ((source, outcome), Series { count, .. }) in &self.deliveries {
            let source = escape(source);
            writeln!(text, "countersign_deliveries_total{{source=\"{source}\",outcome=\"{outcome}\"}} {count}")?;
        }
        let about = "Age of the last authentic delivery's signed timestamp, in this isolate.";
        write_header(text, "countersign_skew_seconds", "gauge", about)?;
        for (source, skew) in &self.skew_seconds {
            writeln!(text, "countersign_skew_seconds{{source=\"{}\"}} {skew}", escape(source))?;
        }
        write_header(
            text,
            "countersign_wasm_bytes",
            "gauge",
            "The memory of this isolate's wasm instance, which never shrinks.",
        )?;
        writeln!(text, "countersign_wasm_bytes {}", wasm_bytes())
    }
}

/// The size of the wasm instance's memory.
fn wasm_bytes() -> usize {
    const PAGE: usize = 65_536;
    #[cfg(target_arch = "wasm32")]
    let pages = core::arch::wasm32::memory_size::<0>();
    #[cfg(not(target_arch = "wasm32"))]
    let pages: usize = 0;
    pages.saturating_mul(PAGE)
}

/// Writes the two lines that precede the values of a metric.
fn write_header(text: &mut String, name: &str, kind: &str, about: &str) -> std::fmt::Result {
    writeln!(text, "# HELP {name} {about}")?;
    writeln!(text, "# TYPE {name} {kind}")
}

/// Formats milliseconds as seconds with a decimal point.
fn format_seconds(millis: u64) -> String {
    let text = format!("{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn escape(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

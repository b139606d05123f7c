//! Numbers about deliveries, counted in this isolate since it started. Prometheus adds up what isolates say, as far as it
//! reaches them; what the outbox holds is asked there and is true for all.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// The upper bounds of the histogram's buckets, in milliseconds.
const BOUNDS_MILLIS: [u64; 10] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10_000];

/// The deliveries of one source that ended in one way.
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

thread_local! {
    static METRICS: RefCell<Metrics> = RefCell::default();
}

/// Counts a delivery: of which source, how it ended, and how long it took.
pub(crate) fn delivery(source: &str, outcome: &'static str, took: Duration) {
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    METRICS.with_borrow_mut(|metrics| {
        let series = metrics.deliveries.entry((source.to_owned(), outcome)).or_default();
        series.count = series.count.saturating_add(1);
        series.millis = series.millis.saturating_add(millis);
        let reached = series.buckets.iter_mut().zip(BOUNDS_MILLIS).filter(|(_, bound)| millis <= *bound);
        reached.for_each(|(bucket, _)| *bucket = bucket.saturating_add(1));
    });
}

/// Notes how far the clock of a sender is from ours, by its last genuine delivery: positive, if it is behind.
pub(crate) fn skew(source: &str, seconds: i64) {
    METRICS.with_borrow_mut(|metrics| metrics.skew_seconds.insert(source.to_owned(), seconds));
}

/// What was counted, as Prometheus reads it. Names of sources come from the configuration, yet are escaped.
pub(crate) fn text() -> String {
    METRICS.with_borrow(|metrics| {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = metrics.write(&mut text);
        text
    })
}

impl Metrics {
    fn write(&self, text: &mut String) -> std::fmt::Result {
        head(text, "countersign_delivery_seconds", "histogram", "Deliveries by source and outcome, in this isolate.")?;
        for ((source, outcome), series) in &self.deliveries {
            let labels = format!("source=\"{}\",outcome=\"{outcome}\"", escaped(source));
            for (bound, count) in BOUNDS_MILLIS.iter().zip(series.buckets) {
                let bound = seconds(*bound);
                writeln!(text, "countersign_delivery_seconds_bucket{{{labels},le=\"{bound}\"}} {count}")?;
            }
            let Series { count, millis, .. } = series;
            writeln!(text, "countersign_delivery_seconds_bucket{{{labels},le=\"+Inf\"}} {count}")?;
            writeln!(text, "countersign_delivery_seconds_sum{{{labels}}} {}", seconds(*millis))?;
            writeln!(text, "countersign_delivery_seconds_count{{{labels}}} {count}")?;
        }
        head(text, "countersign_deliveries_total", "counter", "Deliveries by source and outcome, in this isolate.")?;
        for ((source, outcome), Series { count, .. }) in &self.deliveries {
            let source = escaped(source);
            writeln!(text, "countersign_deliveries_total{{source=\"{source}\",outcome=\"{outcome}\"}} {count}")?;
        }
        let about = "How far the last genuine delivery's signed time lies back, in this isolate.";
        head(text, "countersign_skew_seconds", "gauge", about)?;
        for (source, skew) in &self.skew_seconds {
            writeln!(text, "countersign_skew_seconds{{source=\"{}\"}} {skew}", escaped(source))?;
        }
        Ok(())
    }
}

/// The two lines before the values of a metric.
pub(crate) fn head(text: &mut String, name: &str, kind: &str, about: &str) -> std::fmt::Result {
    writeln!(text, "# HELP {name} {about}")?;
    writeln!(text, "# TYPE {name} {kind}")
}

/// Milliseconds as seconds with a decimal point.
fn seconds(millis: u64) -> String {
    let text = format!("{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

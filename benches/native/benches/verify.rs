//! Compares complete public calls of the core crate with those of other crates. Each call takes the headers and the body as
//! they arrive and returns the parsed event.

use std::error::Error;
use std::hint::black_box;

use countersign::senders::{STANDARD, SVIX};
use countersign::{Delivery, Scheme, Verifier};
use countersign_benches::{body, headers, now};
use criterion::{BenchmarkId, Criterion, Throughput};
use http::HeaderMap;
use serde_json::Value;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SIZES: [usize; 6] = [256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 1 << 20];

fn ours(verifier: &Verifier, headers: &HeaderMap, body: &[u8]) -> Result<(String, Value), Box<dyn Error>> {
    let verified = verifier.verify(Delivery::new(headers, body), now()?)?;
    Ok((verified.decode()?.id, verified.decode_as()?))
}

/// Measures the core crate and another crate with deliveries of one scheme, at every size.
fn compare(
    criterion: &mut Criterion,
    scheme: &'static Scheme,
    peer: &str,
    theirs: impl Fn(&HeaderMap, &[u8]) -> Result<Value, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let verifier = Verifier::new(scheme, [SECRET])?;
    let mut group = criterion.benchmark_group(scheme.name);
    for size in SIZES {
        let body = body(size);
        let headers = headers(scheme, SECRET, &body)?;
        // Both return the same event, so that both do the same work.
        if ours(&verifier, &headers, body.as_bytes())?.1 != theirs(&headers, body.as_bytes())? {
            return Err(format!("{peer} and Countersign return different events for the same delivery").into());
        }
        group.throughput(Throughput::Bytes(u64::try_from(size)?));
        group.bench_function(BenchmarkId::new("countersign", size), |bencher| {
            bencher.iter(|| ours(&verifier, black_box(&headers), black_box(body.as_bytes())));
        });
        group.bench_function(BenchmarkId::new(peer, size), |bencher| {
            bencher.iter(|| theirs(black_box(&headers), black_box(body.as_bytes())));
        });
    }
    group.finish();
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    let standard = standardwebhooks::Webhook::new(SECRET)?;
    compare(&mut criterion, &STANDARD, "standardwebhooks", |headers, body| {
        standard.verify(body, headers)?;
        Ok(serde_json::from_slice(body)?)
    })?;
    let svix = svix::webhooks::Webhook::new(SECRET)?;
    compare(&mut criterion, &SVIX, "svix", |headers, body| {
        svix.verify(body, headers)?;
        Ok(serde_json::from_slice(body)?)
    })?;
    criterion.final_summary();
    Ok(())
}

//! Every vector under `tests/vectors` gives the verdict it expects. The same files are read in every JavaScript
//! runtime by `tests/package/runtimes`.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use countersign::scheme::Id;
use countersign::{Delivery, Hash, HostHash, Scheme, UnixTime, Verifier, senders};
use serde::Deserialize;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

#[derive(Deserialize)]
struct File {
    scheme: String,
    tests: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    id: String,
    scheme: String,
    keys: Vec<String>,
    /// For senders that sign them.
    method: Option<String>,
    url: Option<String>,
    headers: BTreeMap<String, String>,
    body: Option<String>,
    body_repeat: Option<Repeat>,
    /// Unix seconds. Vectors of senders that sign no time leave it out.
    now: Option<u64>,
    /// `valid`, the code of a rejection, or `reject` and `malformed` for any rejection.
    expect: String,
    /// For a valid delivery: the code of the error that decoding gives.
    decode: Option<String>,
    /// For a valid delivery: the id and the type of its event.
    event_id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// What was said about one vector's delivery.
#[derive(Debug, PartialEq)]
struct Verdict {
    code: String,
    decode: Option<String>,
    id: Option<String>,
    kind: Option<String>,
}

/// A host that hashes, and counts how often it is asked.
#[derive(Debug, Default)]
struct Host {
    asked: Cell<usize>,
}

impl HostHash for Host {
    fn digest(&self, hash: Hash, pieces: [&[u8]; 3], into: &mut [u8]) -> bool {
        self.asked.set(self.asked.get().saturating_add(1));
        let content = pieces.concat();
        match hash {
            Hash::Sha1 => into.copy_from_slice(&Sha1::digest(content)),
            Hash::Sha256 => into.copy_from_slice(&Sha256::digest(content)),
            Hash::Sha512 => into.copy_from_slice(&Sha512::digest(content)),
        }
        true
    }
}

#[derive(Deserialize)]
struct Repeat {
    byte: char,
    count: usize,
}

impl Vector {
    fn body(&self) -> String {
        match &self.body_repeat {
            Some(repeat) => String::from(repeat.byte).repeat(repeat.count),
            None => self.body.clone().unwrap_or_default(),
        }
    }

    fn verdict(&self, host: Option<&Host>) -> Result<Verdict, Box<dyn std::error::Error>> {
        let verifier = Verifier::new(Scheme::named(&self.scheme)?, &self.keys)?;
        let body = self.body();
        let mut delivery = Delivery::new(&self.headers, body.as_bytes());
        if let Some(method) = &self.method {
            delivery = delivery.method(method);
        }
        if let Some(url) = &self.url {
            delivery = delivery.url(url);
        }
        let now = UnixTime::from_secs(self.now.unwrap_or(1_700_000_000));
        let verified = match host {
            None => verifier.verify(delivery, now),
            Some(host) => verifier.verify_with(delivery, now, host),
        };
        Ok(match verified {
            Err(rejection) => Verdict { code: rejection.code().into(), decode: None, id: None, kind: None },
            Ok(genuine) => {
                let (decode, id, kind) = match genuine.decode() {
                    Ok(event) => (None, Some(event.id), event.kind),
                    Err(error) => (Some(error.code().into()), None, None),
                };
                Verdict { code: "valid".into(), decode, id, kind }
            }
        })
    }

    fn is_as_expected(&self, verdict: &str) -> bool {
        match self.expect.as_str() {
            "reject" | "malformed" => verdict != "valid",
            expected => verdict == expected,
        }
    }
}

fn files() -> Result<Vec<File>, Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    fs::read_dir(folder)?.map(|entry| Ok(serde_json::from_str(&fs::read_to_string(entry?.path())?)?)).collect()
}

#[test]
fn every_vector_gives_its_verdict() -> Result<(), Box<dyn std::error::Error>> {
    let mut wrong = Vec::new();
    for vector in files()?.into_iter().flat_map(|file| file.tests) {
        let Verdict { code, decode, id, kind } = vector.verdict(None)?;
        // A vector that says nothing about decoding, or about the event, is about the signature only.
        let decodes = vector.decode.is_none() || vector.decode == decode;
        let is_its_event =
            (vector.event_id.is_none() || vector.event_id == id) && (vector.kind.is_none() || vector.kind == kind);
        if !vector.is_as_expected(&code) || !decodes || !is_its_event {
            wrong.push(format!("{}: {} expected, {code} {decode:?} {id:?} {kind:?} given", vector.id, vector.expect));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    Ok(())
}

/// A pointer that leads nowhere would go unnoticed: without an id in the body, its digest is one.
#[test]
fn every_scheme_has_a_vector_for_what_it_reads_from_a_body() -> Result<(), Box<dyn std::error::Error>> {
    let vectors: Vec<Vector> = files()?.into_iter().flat_map(|file| file.tests).collect();
    let mut without = Vec::new();
    for scheme in senders::ALL {
        let mut own = vectors.iter().filter(|vector| vector.scheme == scheme.name);
        let is_read = |vector: &Vector| vector.event_id.as_deref().is_some_and(|id| !id.starts_with("sha256:"));
        if matches!(scheme.id, Id::Body(_) | Id::BodyOrDigest(_)) && !own.clone().any(is_read) {
            without.push(format!("{}: an id", scheme.name));
        }
        if !own.clone().any(|vector| vector.event_id.is_some()) {
            without.push(format!("{}: any id", scheme.name));
        }
        if !scheme.kind.is_empty() && !own.any(|vector| vector.kind.is_some()) {
            without.push(format!("{}: a type", scheme.name));
        }
    }
    assert_eq!(without, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_host_that_hashes_changes_no_verdict() -> Result<(), Box<dyn std::error::Error>> {
    let mut hosted = 0;
    for vector in files()?.into_iter().flat_map(|file| file.tests) {
        let host = Host::default();
        assert_eq!(vector.verdict(Some(&host))?, vector.verdict(None)?, "{}", vector.id);
        hosted += usize::from(host.asked.get() > 0);
    }
    // Schemes that do not hash the body have no use for it, nor has a delivery that is refused before.
    assert!(hosted > 250, "{hosted} vectors asked the host");
    Ok(())
}

#[test]
fn every_scheme_has_a_vector_file_and_every_file_a_scheme() -> Result<(), Box<dyn std::error::Error>> {
    let mut tested: Vec<_> = files()?.into_iter().map(|file| file.scheme).collect();
    let mut known: Vec<_> = senders::ALL.iter().map(|scheme| scheme.name.to_owned()).collect();
    tested.sort();
    known.sort();
    assert_eq!(tested, known);
    Ok(())
}

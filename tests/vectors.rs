//! Every vector under `tests/vectors` gives the verdict it expects. The same files are read in every JavaScript
//! runtime by `tests/runtimes`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use countersign::{Delivery, Scheme, UnixTime, Verifier, providers};
use serde::Deserialize;

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
    /// For a valid delivery: the type of its event.
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// What was said about one vector's delivery.
struct Verdict {
    code: String,
    decode: Option<String>,
    kind: Option<String>,
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

    fn verdict(&self) -> Result<Verdict, Box<dyn std::error::Error>> {
        let verifier = Verifier::new(Scheme::named(&self.scheme)?, &self.keys)?;
        let body = self.body();
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let mut delivery = Delivery::new(headers, body.as_bytes());
        if let Some(method) = &self.method {
            delivery = delivery.method(method);
        }
        if let Some(url) = &self.url {
            delivery = delivery.url(url);
        }
        let now = UnixTime::from_secs(self.now.unwrap_or(1_700_000_000));
        Ok(match verifier.verify(delivery, now) {
            Err(rejection) => Verdict { code: rejection.code().into(), decode: None, kind: None },
            Ok(genuine) => {
                let (decode, kind) = match genuine.decode() {
                    Ok(event) => (None, event.kind),
                    Err(error) => (Some(error.code().into()), None),
                };
                Verdict { code: "valid".into(), decode, kind }
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
        let Verdict { code, decode, kind } = vector.verdict()?;
        // A vector that says nothing about decoding, or about the type, is about the signature only.
        let decodes = vector.decode.is_none() || vector.decode == decode;
        let is_of_its_type = vector.kind.is_none() || vector.kind == kind;
        if !vector.is_as_expected(&code) || !decodes || !is_of_its_type {
            wrong.push(format!("{}: {} expected, {code} {decode:?} {kind:?} given", vector.id, vector.expect));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    Ok(())
}

#[test]
fn every_scheme_has_a_vector_file_and_every_file_a_scheme() -> Result<(), Box<dyn std::error::Error>> {
    let mut tested: Vec<_> = files()?.into_iter().map(|file| file.scheme).collect();
    let mut known: Vec<_> = providers::ALL.iter().map(|scheme| scheme.name.to_owned()).collect();
    tested.sort();
    known.sort();
    assert_eq!(tested, known);
    Ok(())
}

//! Every case of `tests/vectors` gets the verdict that it expects: the deliveries that the files write out, and those
//! that follow from each genuine one. `tests/package/runtimes/vectors.js` checks the npm package with the same cases.

mod cases;

use std::cell::Cell;

use cases::{Failure, Vector, Verdict, cases, files, vectors};
use countersign::scheme::Id;
use countersign::{Hash, HostHash, senders};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A host that hashes, and counts how often the core asks it to.
#[derive(Debug, Default)]
struct CountingHost {
    calls: Cell<usize>,
}

impl HostHash for CountingHost {
    fn digest(&self, hash: Hash, pieces: [&[u8]; 3], into: &mut [u8]) -> bool {
        self.calls.set(self.calls.get().saturating_add(1));
        let content = pieces.concat();
        match hash {
            Hash::Sha1 => into.copy_from_slice(&Sha1::digest(content)),
            Hash::Sha256 => into.copy_from_slice(&Sha256::digest(content)),
            Hash::Sha384 => into.copy_from_slice(&Sha384::digest(content)),
            Hash::Sha512 => into.copy_from_slice(&Sha512::digest(content)),
        }
        true
    }
}

#[test]
fn every_vector_and_every_case_derived_from_it_gets_the_expected_verdict() -> Result<(), Failure> {
    let mut wrong = Vec::new();
    for case in cases()? {
        let Verdict { code, .. } = case.verdict(None)?;
        if code != case.expected {
            wrong.push(format!("{}: expected {}, got {code}", case.name, case.expected));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    Ok(())
}

#[test]
fn every_genuine_delivery_gives_the_event_that_its_vector_says() -> Result<(), Failure> {
    let mut wrong = Vec::new();
    for (vector, case) in vectors()? {
        let Verdict { decode, id, kind, .. } = case.verdict(None)?;
        // A vector without an id or a type is about the signature only.
        let is_expected = (vector.decode.is_none() || vector.decode == decode)
            && (vector.event_id.is_none() || vector.event_id == id)
            && (vector.kind.is_none() || vector.kind == kind);
        if !is_expected {
            wrong.push(format!("{}: got {decode:?} {id:?} {kind:?}", vector.id));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    Ok(())
}

/// Without such a vector, a wrong pointer to the id goes unnoticed: the id is then a digest of the body.
#[test]
fn every_scheme_has_a_vector_with_the_id_and_type_that_it_reads_from_a_body() -> Result<(), Failure> {
    let vectors = vectors()?;
    let mut missing = Vec::new();
    for scheme in senders::ALL {
        let mut of_scheme =
            vectors.iter().filter(|(_, case)| case.scheme.name == scheme.name).map(|(vector, _)| vector);
        let has_id_from_body =
            |vector: &Vector| vector.event_id.as_deref().is_some_and(|id| !id.starts_with("sha256:"));
        if matches!(scheme.id, Id::Body(_) | Id::BodyOrDigest(_)) && !of_scheme.clone().any(has_id_from_body) {
            missing.push(format!("{}: an id from the body", scheme.name));
        }
        if !of_scheme.clone().any(|vector| vector.event_id.is_some()) {
            missing.push(format!("{}: an id", scheme.name));
        }
        if !scheme.kind.is_empty() && !of_scheme.any(|vector| vector.kind.is_some()) {
            missing.push(format!("{}: a type", scheme.name));
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    Ok(())
}

#[test]
fn the_verdict_is_the_same_when_the_host_hashes() -> Result<(), Failure> {
    let mut hashed = 0;
    for case in cases()? {
        let host = CountingHost::default();
        assert_eq!(case.verdict(Some(&host))?, case.verdict(None)?, "{}", case.name);
        hashed += usize::from(host.calls.get() > 0);
    }
    // The core does not ask the host if the scheme does not hash the body, or if it rejects a header before.
    assert!(hashed > 800, "the host hashed for {hashed} cases only");
    Ok(())
}

#[test]
fn every_scheme_has_a_vector_file_and_every_file_a_scheme() -> Result<(), Failure> {
    let mut tested: Vec<_> = files()?.into_iter().map(|file| file.scheme).collect();
    let mut known: Vec<_> = senders::ALL.iter().map(|scheme| scheme.name.to_owned()).collect();
    tested.sort();
    known.sort();
    assert_eq!(tested, known);
    Ok(())
}

#[test]
fn every_file_has_a_genuine_delivery() -> Result<(), Failure> {
    for file in files()? {
        assert!(file.tests.iter().any(|vector| vector.expect == "valid"), "{}", file.scheme);
    }
    Ok(())
}

//! Random descriptions of senders, and attempts to read their signed bytes in a second way.
//!
//! For each description that is judged sound, the test signs deliveries itself, without the library's signer. It then cuts
//! each signed content in other places, writes forms and JSON differently, and continues plain digests. Every delivery with
//! one signed content must be one event, with one id, one type and one timestamp; two contents must have two digests; and
//! an old delivery must stay old.
//!
//! `COUNTERSIGN_DESCRIPTIONS` is the number of descriptions, and `COUNTERSIGN_SEED` repeats a run that failed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod delivery;
mod description;
mod random;
mod readings;

use std::collections::{BTreeMap, HashMap};
use std::env;

use countersign::{Scheme, SchemeError, Verifier};
use delivery::{
    NOW, Outcome, SECRET, STALE, Values, deliver, escaped, fields, identity, json_body, parts_of, request, sign,
    time_text,
};
use description::{Description, ID, IdPlace, MEMBERS, Part, TIME};
use random::Random;
use readings::{neighbours, readings};

/// How often each thing happened.
#[derive(Default)]
struct Counts(BTreeMap<String, usize>);

impl Counts {
    fn add(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    fn of(&self, what: &str) -> usize {
        self.0.get(what).copied().unwrap_or_default()
    }
}

/// One sound description, its verifier, and the events that were accepted by it.
struct Trial<'t> {
    description: &'t Description,
    verifier: Verifier,
    /// The identity of each event with a digest as its id, and the id of each identity.
    identities: HashMap<String, Vec<u8>>,
    ids: HashMap<Vec<u8>, String>,
    counts: &'t mut Counts,
}

fn setting(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Threat model: A-45, A-46, A-29, A-47, A-48, A-49.
#[test]
fn no_sound_description_reads_one_signed_content_in_two_ways() {
    let descriptions = setting("COUNTERSIGN_DESCRIPTIONS", 2000);
    let seed = setting("COUNTERSIGN_SEED", 1);
    let mut counts = Counts::default();
    for index in 0..descriptions {
        // Each description has a seed of its own, so that a single one can be repeated.
        let seed = seed.wrapping_add(index);
        let mut random = Random::new(seed);
        let description = Description::random(&mut random);
        let json = description.to_json();
        let scheme = match Scheme::from_json(&json) {
            Ok(scheme) => scheme,
            Err(error) => {
                let SchemeError::Unsound { field, .. } = error else { panic!("{json}: {error}") };
                counts.add(format!("unsound: {field}"));
                continue;
            }
        };
        counts.add("sound");
        count_features(&description, &mut counts);
        let verifier = Verifier::new(&scheme, [SECRET]).unwrap();
        let mut trial = Trial {
            description: &description,
            verifier,
            identities: HashMap::new(),
            ids: HashMap::new(),
            counts: &mut counts,
        };
        if let Err(problem) = trial.run(&mut random) {
            panic!(
                "{problem}\nRepeat it with COUNTERSIGN_SEED={seed} COUNTERSIGN_DESCRIPTIONS=1.\nThe description:\n{json}"
            );
        }
    }
    for (what, count) in &counts.0 {
        println!("{count:>9}  {what}");
    }
    // A generator whose descriptions are too simple would find nothing, unnoticed.
    let descriptions = usize::try_from(descriptions).unwrap();
    if descriptions >= 1000 {
        assert!(counts.of("sound") * 5 > descriptions, "fewer than a fifth of the descriptions are sound");
        assert!(counts.of("forgeries") > counts.of("sound") * 8, "fewer than 8 forgeries for a sound description");
        assert!(counts.of("forgeries accepted as the same event") > counts.of("sound") / 10);
        for feature in FEATURES {
            let count = counts.of(feature.0);
            assert!(count * 1000 >= descriptions, "only {count} descriptions: {}", feature.0);
        }
    }
}

/// A property of a description, and whether a description has it.
type Feature = (&'static str, fn(&Description) -> bool);

/// The kinds of descriptions that must be among the sound ones.
const FEATURES: [Feature; 11] = [
    ("with: several members", |description| {
        description.content.iter().filter(|part| matches!(part, Part::Member(..))).count() > 1
    }),
    ("with: a free member", |description| description.has(|part| matches!(part, Part::Member(_, true)))),
    ("with: lines", |description| description.has(|part| matches!(part, Part::Lines(_)))),
    ("with: a form", |description| description.has(|part| *part == Part::Form)),
    ("with: a URL next to the body", |description| {
        description.content.windows(2).any(|parts| matches!(parts, [Part::Url(_), Part::Body]))
    }),
    ("with: an id next to the timestamp", |description| {
        description.content.windows(2).any(|parts| matches!(parts, [Part::Id, Part::Time]))
    }),
    ("with: a secret in front", |description| {
        description.is_plain && description.content.last() != Some(&Part::Secret)
    }),
    ("with: an id in a header", |description| description.id == IdPlace::Header),
    ("with: an id in the body", |description| matches!(description.id, IdPlace::Body | IdPlace::BodyOrDigest)),
    ("with: a text inside the body", |description| description.is_wrapped),
    ("with: a timestamp", |description| description.time.is_some()),
];

fn count_features(description: &Description, counts: &mut Counts) {
    for (name, _) in FEATURES.iter().filter(|(_, has)| has(description)) {
        counts.add(*name);
    }
}

impl Trial<'_> {
    fn run(&mut self, random: &mut Random) -> Result<(), String> {
        let tame = self.tame(NOW);
        let Outcome::Event { id, .. } = self.genuine(&tame, NOW, random)? else {
            return Err(format!("a genuine delivery is not accepted: {:?}", self.send(&tame, NOW, random)));
        };
        let repeated = self.genuine(&self.tame(NOW - 10), NOW, random)?;
        let is_same = matches!(&repeated, Outcome::Event { id: other, .. } if *other == id);
        let signs_time_in_bytes =
            self.description.has_time_in_body() && self.description.has(|part| *part == Part::Body);
        if !is_same && !signs_time_in_bytes {
            return Err(format!("a retry has another id than {id}: {repeated:?}"));
        }
        let other = self.genuine(&self.other(&tame), NOW, random)?;
        if matches!(&other, Outcome::Event { id: other, .. } if *other == id) {
            return Err(format!("another event has the same id: {other:?}"));
        }
        for round in 0..6 {
            let signed_at = if round % 2 == 1 && self.description.time.is_some() { STALE } else { NOW };
            let values = if round == 0 { tame.clone() } else { self.wild(signed_at, random) };
            self.genuine(&values, signed_at, random)?;
            self.forge(&values, signed_at, random)?;
            self.extend(&values, random)?;
            for other in neighbours(self.description, &values, random) {
                self.counts.add("neighbours");
                self.genuine(&other, signed_at, random)?;
            }
        }
        Ok(())
    }

    /// Sends values with their own signature. Events with a digest as their id must differ exactly if their contents do.
    fn genuine(&mut self, values: &Values, now: u64, random: &mut Random) -> Result<Outcome, String> {
        let (outcome, _) = self.send(values, now, random);
        self.counts.add(match outcome {
            Outcome::Event { .. } => "genuine deliveries accepted",
            _ => "genuine deliveries rejected",
        });
        let Outcome::Event { id, .. } = &outcome else { return Ok(outcome) };
        let has_own_id = !id.starts_with("sha256:");
        if has_own_id {
            if ![&values.id, values.members.get(ID).unwrap_or(&values.id)].contains(&id) && !self.is_in_body(id, values)
            {
                return Err(format!("the id {id} is not in the delivery {values:?}"));
            }
            return Ok(outcome);
        }
        let identity = identity(self.description, values);
        let known = self.identities.entry(id.clone()).or_insert_with(|| identity.clone());
        if *known != identity {
            return Err(format!("two contents have the id {id}: {known:?} and {identity:?}"));
        }
        let known = self.ids.entry(identity).or_insert_with(|| id.clone());
        if known != id {
            return Err(format!("one content has the ids {known} and {id}: {values:?}"));
        }
        Ok(outcome)
    }

    fn is_in_body(&self, id: &str, values: &Values) -> bool {
        if self.description.payload == "form" {
            return fields(&values.body).contains(&(ID.into(), id.into()));
        }
        let body: Option<serde_json::Value> = serde_json::from_slice(&values.body).ok();
        !self.description.is_inside && body.is_some_and(|body| body.get(ID) == Some(&id.into()))
    }

    fn send(&self, values: &Values, now: u64, random: &mut Random) -> (Outcome, String) {
        let signature = sign(self.description, &parts_of(self.description, values).concat());
        let (headers, body) = request(self.description, values, &signature, random);
        (deliver(&self.verifier, values, &headers, &body, now), signature)
    }

    /// Distributes signed bytes over deliveries in every way that is found.
    fn forge(&mut self, values: &Values, signed_at: u64, random: &mut Random) -> Result<(), String> {
        let (outcome, signature) = self.send(values, signed_at, random);
        let is_accepted = !matches!(outcome, Outcome::Rejected(_));
        let mut first = is_accepted.then(|| (values.clone(), outcome));
        let content = parts_of(self.description, values).concat();
        for forged in readings(self.description, &content, values, random) {
            self.counts.add("forgeries");
            let (headers, body) = request(self.description, &forged, &signature, random);
            if signed_at == STALE && is_accepted {
                let now = deliver(&self.verifier, &forged, &headers, &body, NOW);
                if !matches!(now, Outcome::Rejected(_)) {
                    return Err(format!("an old delivery became recent: {values:?} as {forged:?}: {now:?}"));
                }
            }
            let outcome = deliver(&self.verifier, &forged, &headers, &body, signed_at);
            if matches!(outcome, Outcome::Rejected(_)) {
                continue;
            }
            let (known, expected) = first.get_or_insert_with(|| (forged.clone(), outcome.clone()));
            if outcome != *expected || !self.has_same_reading(known, &forged) {
                return Err(format!("{known:?} is {expected:?}, and {forged:?} is {outcome:?}"));
            }
            self.counts.add("forgeries accepted as the same event");
        }
        Ok(())
    }

    /// Whether two deliveries with one signed content say the same. The names and values of a form are joined in the
    /// content, so only their digest says it.
    fn has_same_reading(&self, one: &Values, other: &Values) -> bool {
        let text = |values: &Values, name: &str| values.members.get(name).cloned().unwrap_or_default();
        let has_form = self.description.has(|part| *part == Part::Form);
        let signed = MEMBERS.iter().filter(|name| self.description.signs_member(name));
        let has_equal_members = signed.into_iter().all(|name| text(one, name) == text(other, name));
        let is_same_request = one.body == other.body && one.method == other.method && one.url == other.url;
        (has_form || is_same_request) && has_equal_members && one.id == other.id && one.time == other.time
    }

    /// Continues a plain digest, which is possible without the secret unless the secret is last.
    fn extend(&mut self, values: &Values, random: &mut Random) -> Result<(), String> {
        let content = &self.description.content;
        let Some(at) = content.iter().position(|part| *part == Part::Body) else { return Ok(()) };
        if !self.description.is_plain || content.last() == Some(&Part::Secret) {
            return Ok(());
        }
        let parts = parts_of(self.description, values);
        let length = parts.concat().len();
        let mut body = parts[at..].concat();
        body.push(0x80);
        body.resize(body.len() + (119 - length % 64) % 64, 0);
        body.extend(u64::try_from(length * 8).unwrap().to_be_bytes());
        if at + 1 == content.len() {
            body.extend(br#"{"id":"forged"}"#);
        }
        let forged = Values { body, time: time_text(self.description.unit(), NOW), ..values.clone() };
        self.counts.add("continued digests");
        match self.send(&forged, NOW, random).0 {
            Outcome::Rejected(_) => Ok(()),
            accepted => Err(format!("a continued digest is accepted: {forged:?}: {accepted:?}")),
        }
    }

    /// Values that every sender could send: no part contains the beginning of another.
    fn tame(&self, seconds: u64) -> Values {
        let time = time_text(self.description.unit(), seconds);
        let is_time = |name: &str| name == TIME && self.description.has_time_in_body();
        let text = |name: &str| if is_time(name) { time.clone() } else { format!("q{}", name.replace('a', "w")) };
        Values {
            id: "qid".into(),
            method: "POST".into(),
            url: "https://example.com/hooks".into(),
            body: if self.description.has(|part| *part == Part::Form) {
                b"q=w&e=%20r".to_vec()
            } else if self.description.payload == "form" {
                b"id=qid&type=qtype".to_vec()
            } else if self.description.payload != "json" && !self.description.reads_body() {
                b"q=w".to_vec()
            } else if self.description.has_time_in_body() {
                json_body("qid", "qtype", &time, "")
            } else {
                json_body("qid", "qtype", "", "")
            },
            members: if self.description.is_inside {
                MEMBERS.iter().map(|name| (*name, text(name))).collect()
            } else {
                BTreeMap::new()
            },
            time,
        }
    }

    /// Another event at the same time.
    fn other(&self, tame: &Values) -> Values {
        let mut other = tame.clone();
        other.id.push('q');
        let body = String::from_utf8(other.body).unwrap();
        other.body = body.replace("qid", "qidq").replace("q=w", "q=ww").into();
        for (name, text) in &mut other.members {
            if *name != TIME || !self.description.has_time_in_body() {
                text.push('q');
            }
        }
        other
    }

    /// Values that contain what other parts begin or end with.
    fn wild(&self, seconds: u64, random: &mut Random) -> Values {
        let unit = self.description.unit();
        let time = time_text(unit, seconds);
        let recent = time_text(unit, NOW - 5);
        let texts: Vec<&str> = self
            .description
            .content
            .iter()
            .filter_map(|part| if let Part::Text(text) = part { Some(*text) } else { None })
            .collect();
        let mut pieces = vec![
            "q", "w", "x", ":", ".", "\n", "-", " ", "1", "{", "[", "a\n", "\nb\n", "\nid\n", "true", "+", &recent,
        ];
        pieces.extend(&texts);
        pieces.extend(&texts);
        let mut text = |longest| random.text(&pieces, longest);
        let [id, kind, rest, method, url, form] = [text(4), text(4), text(6), text(1), text(4), text(6)];
        let members: Vec<String> = MEMBERS.iter().map(|_| text(4)).collect();
        let id = if random.percent(70) { id.replace(['.', ',', ' ', '\n'], "_") + "q" } else { id };
        let id = if random.percent(10) { format!("0123456789abcdef0123456789abcdef{id}") } else { id };
        let id = if random.percent(10) { "0123456789abcdef0123456789abcdef".into() } else { id };
        let in_body = if random.percent(90) { &time } else { &recent };
        let host = if random.percent(20) { "HTTPS://example.com/" } else { "https://example.com/" };
        let bodies = [
            json_body(&id, &kind, in_body, &format!("{rest}{{\"id\":\"w\"}}")),
            format!(r#"{{"starts":{recent}{{"id":"q","time":"{recent}"}}"#).into(),
            rest.clone().into_bytes(),
            Vec::new(),
        ];
        let is_form = self.description.has(|part| *part == Part::Form);
        let escaped = escaped(form.as_bytes());
        let mut members: BTreeMap<&'static str, String> =
            if self.description.is_inside { MEMBERS.into_iter().zip(members).collect() } else { BTreeMap::new() };
        members.retain(|_, _| random.percent(85));
        if self.description.has_time_in_body() && self.description.is_inside {
            members.insert(TIME, time.clone());
        }
        Values {
            method: if random.percent(80) { "POST".into() } else { format!("POST{method}") },
            url: format!("{host}{}", if random.percent(50) { url } else { "hooks?q=w".into() }),
            body: if is_form {
                format!("{escaped}=q&q={escaped}").into()
            } else {
                bodies[random.below(bodies.len())].clone()
            },
            members,
            time,
            id,
        }
    }
}

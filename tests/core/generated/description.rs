//! Random descriptions of senders that sign. In: random choices. Out: a description in types of this test, and its JSON.

use serde_json::{Value, json};

use crate::random::Random;

/// One part of the signed content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Text(&'static str),
    Id,
    Time,
    Body,
    Form,
    Method,
    Url(&'static str),
    Secret,
    /// A member of the body, and whether it may contain anything.
    Member(&'static str, bool),
    Lines(Vec<&'static str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimePlace {
    Header,
    /// In the item `t` of the signature header.
    Item,
    /// In front of the signatures in the signature header.
    First,
    /// In the member `time` of the body.
    Body,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Milliseconds,
    Rfc3339,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdPlace {
    Digest,
    Notice,
    Header,
    Body,
    BodyOrDigest,
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent choice of the generator")]
pub(crate) struct Description {
    /// Whether the signature is in the member `sig` of the body.
    pub(crate) is_inside: bool,
    pub(crate) content: Vec<Part>,
    pub(crate) time: Option<(TimePlace, Unit)>,
    pub(crate) id: IdPlace,
    pub(crate) has_type: bool,
    /// Whether the signature is a plain digest of content with the secret.
    pub(crate) is_plain: bool,
    pub(crate) algorithms: Vec<&'static str>,
    pub(crate) payload: &'static str,
    /// Whether the body may be a form whose only field holds the signed text.
    pub(crate) is_wrapped: bool,
}

pub(crate) const ID: &str = "id";
pub(crate) const TYPE: &str = "type";
pub(crate) const TIME: &str = "time";
/// The members of a body that may be signed one by one.
pub(crate) const MEMBERS: [&str; 5] = [ID, TYPE, TIME, "a", "b"];
const TEXTS: [&str; 19] =
    [".", ".", ":", ":", " ", ", ", "-", "\n", "\n", "::", "v0:", "x", "/", "?", "&", "A", "{", "\"", ""];

impl Description {
    pub(crate) fn random(random: &mut Random) -> Self {
        let is_inside = random.percent(40);
        let has_form = !is_inside && random.percent(15);
        let id = if has_form && random.percent(70) {
            IdPlace::Digest
        } else {
            random.pick(&[
                IdPlace::Digest,
                IdPlace::Digest,
                IdPlace::Notice,
                IdPlace::Header,
                IdPlace::Header,
                IdPlace::Body,
                IdPlace::BodyOrDigest,
            ])
        };
        let time = random.percent(70).then(|| {
            let places = if is_inside {
                [TimePlace::Body, TimePlace::Body, TimePlace::Header, TimePlace::Body]
            } else {
                [TimePlace::Header, TimePlace::Item, TimePlace::First, TimePlace::Body]
            };
            (random.pick(&places), random.pick(&[Unit::Seconds, Unit::Milliseconds, Unit::Rfc3339]))
        });
        let is_plain = random.percent(15);
        let mut parts = Vec::new();
        if is_inside {
            for _ in 0..=random.below(4) {
                parts.push(Part::Member(random.pick(&MEMBERS), random.percent(10)));
            }
            if matches!(time, Some((TimePlace::Body, _))) && random.percent(80) {
                parts.push(Part::Member(TIME, false));
            }
            if matches!(id, IdPlace::Body | IdPlace::BodyOrDigest) && random.percent(80) {
                parts.push(Part::Member(ID, false));
            }
            if random.percent(25) {
                let mut names = MEMBERS.to_vec();
                random.shuffle(&mut names);
                names.truncate(1 + random.below(4));
                if random.percent(50) {
                    parts.clear();
                }
                parts.push(Part::Lines(names));
            }
        } else {
            parts.push(if has_form { Part::Form } else { Part::Body });
            if random.percent(3) {
                parts.push(Part::Member("a", false));
            }
        }
        if (id == IdPlace::Header) != random.percent(3) {
            parts.push(Part::Id);
        }
        if matches!(time, Some((TimePlace::Header | TimePlace::Item | TimePlace::First, _))) != random.percent(3) {
            parts.push(Part::Time);
        }
        if random.percent(25) {
            parts.push(Part::Url(random.pick(&["exact", "any-port", "partly-decoded"])));
        }
        if random.percent(10) {
            parts.push(Part::Method);
        }
        if is_plain != random.percent(2) {
            parts.push(Part::Secret);
        }
        random.shuffle(&mut parts);
        if random.percent(30) {
            // The order in which most senders sign.
            parts.sort_by_key(|part| ORDER.iter().position(|kind| kind(part)).unwrap_or(ORDER.len()));
        }
        if is_plain && random.percent(50) {
            // The place for a secret that no digest can be continued from.
            parts.retain(|part| *part != Part::Secret);
            parts.push(Part::Secret);
        }
        let content = with_texts(parts, random);
        let algorithms = match (is_plain, random.percent(4)) {
            (true, _) => vec!["sha256"],
            (false, true) => vec!["hmac-sha256", "hmac-sha512"],
            (false, false) => vec!["hmac-sha256"],
        };
        let payload = random.pick(&["json", "json", "json", "form", "json-or-form"]);
        let is_wrapped = !is_inside && !has_form && random.percent(10);
        let payload = if is_wrapped { "json" } else { payload };
        Self { is_inside, content, time, id, has_type: random.percent(25), is_plain, algorithms, payload, is_wrapped }
    }

    pub(crate) fn has(&self, is_wanted: impl Fn(&Part) -> bool) -> bool {
        self.content.iter().any(is_wanted)
    }

    pub(crate) fn signs_member(&self, wanted: &str) -> bool {
        self.has(|part| match part {
            Part::Member(name, _) => *name == wanted,
            Part::Lines(names) => names.contains(&wanted),
            _ => false,
        })
    }

    /// Whether the id, the type or the timestamp is read from the body.
    pub(crate) fn reads_body(&self) -> bool {
        self.has_type || self.has_time_in_body() || matches!(self.id, IdPlace::Body | IdPlace::BodyOrDigest)
    }

    pub(crate) fn unit(&self) -> Unit {
        self.time.map_or(Unit::Seconds, |(_, unit)| unit)
    }

    pub(crate) fn has_time_in_body(&self) -> bool {
        matches!(self.time, Some((TimePlace::Body, _)))
    }

    pub(crate) fn to_json(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => json!({ "text": text }),
            Part::Id => json!("id"),
            Part::Time => json!("timestamp"),
            Part::Body => json!(if self.is_wrapped { "payload" } else { "body" }),
            Part::Form => json!("sorted-form"),
            Part::Method => json!("method"),
            Part::Url(spelling) => json!({ "url": spelling }),
            Part::Secret => json!("secret"),
            Part::Member(name, false) => json!({ "member": format!("/{name}") }),
            Part::Member(name, true) => json!({ "freeMember": format!("/{name}") }),
            Part::Lines(names) => json!({ "members": names }),
        };
        let tag = |algorithm: &&str| json!({ "label": self.label(), "algorithm": algorithm, "encoding": "hex" });
        let mut signature = json!({
            "place": if self.is_inside { json!({ "body": "/sig" }) } else { json!({ "header": "sig" }) },
            "tags": self.algorithms.iter().map(tag).collect::<Vec<_>>(),
            "content": self.content.iter().map(part).collect::<Vec<_>>(),
        });
        match self.time {
            Some((TimePlace::Item, _)) => {
                signature["form"] = json!({ "items": { "between": ",", "within": "=" } });
            }
            Some((TimePlace::First, _)) => signature["form"] = json!({ "list": { "between": "," } }),
            _ => {}
        }
        if let Some((place, unit)) = self.time {
            let place = match place {
                TimePlace::Header => json!({ "header": "time" }),
                TimePlace::Item => json!({ "item": "t" }),
                TimePlace::First => json!("first"),
                TimePlace::Body => json!({ "body": "/time" }),
            };
            let unit = match unit {
                Unit::Seconds => "seconds",
                Unit::Milliseconds => "milliseconds",
                Unit::Rfc3339 => "rfc3339",
            };
            signature["timestamp"] = json!({ "place": place, "unit": unit });
        }
        let id = match self.id {
            IdPlace::Digest => json!("digest"),
            IdPlace::Notice => json!("notice"),
            IdPlace::Header => json!({ "header": "id" }),
            IdPlace::Body => json!({ "body": "/id" }),
            IdPlace::BodyOrDigest => json!({ "bodyOrDigest": "/id" }),
        };
        let kinds: Vec<Value> = if self.has_type { vec![json!("/type")] } else { Vec::new() };
        let payload = if self.is_wrapped { json!({ "jsonOrField": "payload" }) } else { json!(self.payload) };
        json!({
            "name": "generated", "signature": signature, "key": "text", "payload": payload, "id": id, "type": kinds,
        })
        .to_string()
    }

    /// The label of the signature, which is needed only if it is an item.
    pub(crate) fn label(&self) -> &'static str {
        if matches!(self.time, Some((TimePlace::Item, _))) { "v1" } else { "" }
    }
}

/// The order of parts that most senders use: the secret, the method, the URL and the id, then the time, then the body.
const ORDER: [fn(&Part) -> bool; 5] = [
    |part| *part == Part::Secret,
    |part| *part == Part::Method,
    |part| matches!(part, Part::Url(_)),
    |part| *part == Part::Id,
    |part| *part == Part::Time,
];

/// The parts with texts between most of them, and sometimes around them.
fn with_texts(parts: Vec<Part>, random: &mut Random) -> Vec<Part> {
    let mut content = Vec::new();
    if random.percent(10) {
        content.push(Part::Text(random.pick(&TEXTS)));
    }
    let density = random.pick(&[0, 60, 100, 100]);
    let is_one_text = random.percent(50);
    let text = random.pick(&TEXTS);
    let last = parts.len().saturating_sub(1);
    for (index, part) in parts.into_iter().enumerate() {
        content.push(part);
        if random.percent(if index == last { 5 } else { density }) {
            content.push(Part::Text(if is_one_text { text } else { random.pick(&TEXTS) }));
        }
    }
    content.truncate(16);
    content
}

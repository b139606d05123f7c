//! The ways in which signed content can be distributed over a delivery. In: a description and signed bytes. Out: values
//! whose content consists of the same bytes, found by cutting them wherever a part could end.

use std::collections::BTreeMap;

use crate::delivery::{Values, form_of, parts_of};
use crate::description::{Description, Part, TIME, Unit};
use crate::random::Random;

/// How many readings of one content are tried.
const MAX_READINGS: usize = 60;
/// How many cuts are tried to find them.
const MAX_STEPS: usize = 1500;

struct Search<'s> {
    description: &'s Description,
    random: &'s mut Random,
    steps: usize,
    found: Vec<Vec<Vec<u8>>>,
}

/// The values of deliveries with this signed content. `genuine` gives the values that are not part of it.
pub(crate) fn readings(
    description: &Description,
    content: &[u8],
    genuine: &Values,
    random: &mut Random,
) -> Vec<Values> {
    let mut search = Search { description, random, steps: 0, found: Vec::new() };
    search.cut(content, &mut Vec::new());
    let Search { found, .. } = search;
    let values = found.iter().filter_map(|cuts| values_of(description, cuts, genuine, random));
    // A member that is signed twice may have been cut in two ways.
    values.filter(|values| parts_of(description, values).concat() == content).collect()
}

impl Search<'_> {
    /// Cuts the rest of the content after each place where the next part could end.
    fn cut(&mut self, rest: &[u8], cuts: &mut Vec<Vec<u8>>) {
        self.steps += 1;
        if self.found.len() >= MAX_READINGS || self.steps > MAX_STEPS {
            return;
        }
        let Some(part) = self.description.content.get(cuts.len()) else {
            if rest.is_empty() {
                self.found.push(cuts.clone());
            }
            return;
        };
        for end in self.ends(part, self.description.content.get(cuts.len() + 1), rest) {
            cuts.push(rest[..end].to_vec());
            self.cut(&rest[end..], cuts);
            cuts.pop();
        }
    }

    /// The places where a part could end that begins here.
    fn ends(&mut self, part: &Part, next: Option<&Part>, rest: &[u8]) -> Vec<usize> {
        let is_time = matches!(part, Part::Time)
            || (self.description.has_time_in_body() && matches!(part, Part::Member(TIME, _)));
        let mut ends: Vec<usize> = match part {
            Part::Text(text) => return if rest.starts_with(text.as_bytes()) { vec![text.len()] } else { Vec::new() },
            Part::Secret => {
                let secret = crate::delivery::SECRET.as_bytes();
                return if rest.starts_with(secret) { vec![secret.len()] } else { Vec::new() };
            }
            _ if is_time => time_ends(self.description.unit(), rest),
            _ => (0..=rest.len()).collect(),
        };
        match next {
            None => ends.retain(|end| *end == rest.len()),
            Some(Part::Text(text)) => ends.retain(|end| rest[*end..].starts_with(text.as_bytes())),
            Some(Part::Secret) => ends.retain(|end| rest[*end..].starts_with(crate::delivery::SECRET.as_bytes())),
            Some(Part::Time) => ends.retain(|end| !time_ends(self.description.unit(), &rest[*end..]).is_empty()),
            _ => {}
        }
        self.random.shuffle(&mut ends);
        // Where a bracket follows, a body is most likely to be accepted.
        ends.sort_by_key(|end| !matches!(rest.get(*end), Some(b'{' | b'[')));
        ends.truncate(24);
        ends
    }
}

/// The lengths of the timestamps that some bytes begin with.
fn time_ends(unit: Unit, bytes: &[u8]) -> Vec<usize> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let lengths = match unit {
        Unit::Seconds => 10..=11,
        Unit::Milliseconds => 13..=14,
        // Only the spelling without a fraction is generated.
        Unit::Rfc3339 => {
            let is_date = bytes.len() >= 20 && bytes[4] == b'-' && bytes[10] == b'T' && bytes[19] == b'Z';
            return if is_date { vec![20] } else { Vec::new() };
        }
    };
    lengths.filter(|length| *length <= digits).collect()
}

/// The values that these cuts give. `None` if two parts contradict each other, or if a part cannot be sent.
fn values_of(description: &Description, cuts: &[Vec<u8>], genuine: &Values, random: &mut Random) -> Option<Values> {
    let mut values = Values { members: BTreeMap::new(), ..genuine.clone() };
    for (part, bytes) in description.content.iter().zip(cuts) {
        let text = || String::from_utf8(bytes.clone()).ok();
        match part {
            Part::Text(_) | Part::Secret => {}
            Part::Id => values.id = text()?,
            Part::Time => values.time = text()?,
            Part::Method => values.method = text()?,
            Part::Url(_) => values.url = text()?,
            Part::Body => values.body.clone_from(bytes),
            Part::Form => values.body = form_with(bytes, random),
            Part::Member(name, _) => insert(&mut values.members, name, &text()?)?,
            Part::Lines(names) => {
                for (name, text) in lines(names, &text()?, random)? {
                    insert(&mut values.members, name, &text)?;
                }
            }
        }
    }
    // An absent member has the same content as an empty one, unless it is signed as a line.
    let is_line = |wanted: &str| description.has(|part| matches!(part, Part::Lines(names) if names.contains(&wanted)));
    values.members.retain(|name, text| !text.is_empty() || is_line(name) || random.percent(50));
    Some(values)
}

fn insert(members: &mut BTreeMap<&'static str, String>, name: &'static str, text: &str) -> Option<()> {
    let known = members.entry(name).or_insert_with(|| text.to_owned());
    (*known == text).then_some(())
}

/// A form whose fields, joined, are these bytes.
fn form_with(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let (name, value) = bytes.split_at(random.below(bytes.len() + 1));
    let form = form_of(&[(name, value)]);
    match random.below(3) {
        0 => form,
        1 => [&form[..], b"&", &form].concat(),
        _ => String::from_utf8(form).unwrap().replace("%20", "+").into(),
    }
}

/// One way to read lines as names and texts.
fn lines(names: &[&'static str], text: &str, random: &mut Random) -> Option<Vec<(&'static str, String)>> {
    let mut members = Vec::new();
    let mut rest = text;
    let mut expected = names;
    while !rest.is_empty() {
        let at = expected.iter().position(|name| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with('\n')))?;
        let name = expected[at];
        expected = &expected[at + 1..];
        rest = &rest[name.len() + 1..];
        // The text ends at any line feed after which a name or nothing follows.
        let is_end = |end: &usize| {
            let after = &rest[end + 1..];
            after.is_empty() || expected.iter().any(|name| after.starts_with(&format!("{name}\n")))
        };
        let ends: Vec<usize> = rest.match_indices('\n').map(|(end, _)| end).filter(is_end).collect();
        if ends.is_empty() {
            return None;
        }
        let end = random.pick(&ends);
        members.push((name, rest[..end].to_owned()));
        rest = &rest[end + 1..];
    }
    Some(members)
}

/// Values in which bytes have moved from one part to another, so that the parts without the texts between them are the
/// same bytes, and values in which one line has become part of another.
pub(crate) fn neighbours(description: &Description, values: &Values, random: &mut Random) -> Vec<Values> {
    let parts = parts_of(description, values);
    let is_free = |index: &usize| !matches!(description.content[*index], Part::Text(_) | Part::Secret | Part::Time);
    let free: Vec<usize> = (0..parts.len()).filter(is_free).collect();
    let mut others = Vec::new();
    for _ in 0..6 {
        let (from, to) = (random.pick(&free), random.pick(&free));
        if from == to || parts[from].is_empty() {
            continue;
        }
        let mut moved = parts.clone();
        let at = random.below(parts[from].len());
        if from < to {
            let tail = moved[from].split_off(at);
            moved[to] = [tail, parts[to].clone()].concat();
        } else {
            let tail = moved[from].split_off(at);
            let head = std::mem::replace(&mut moved[from], tail);
            moved[to].extend(head);
        }
        others.extend(values_of(description, &moved, values, random));
    }
    for part in &description.content {
        let Part::Lines(names) = part else { continue };
        for (index, name) in names.iter().enumerate() {
            for next in &names[index + 1..] {
                if let (Some(text), Some(other)) = (values.members.get(name), values.members.get(next)) {
                    let mut folded = values.clone();
                    folded.members.insert(name, format!("{text}\n{next}\n{other}"));
                    folded.members.remove(next);
                    others.push(folded);
                }
            }
        }
    }
    others
}

//! Writing a scheme as JSON, one function for each type of the vocabulary. In: the value. Out: text in a [`Writer`].

use super::names::{
    ALGORITHMS, CONFIRMED, ENCODINGS, KEY_FORMATS, PLAIN_CLAIMS, PLAIN_FORMATS, PLAIN_FORMS, PLAIN_HANDSHAKE_PROOFS,
    PLAIN_IDS, PLAIN_PARTS, PLAIN_PLACES, PLAIN_SHARED_TOKENS, PLAIN_VALIDITIES, SPELLINGS, UNITS,
};
use super::writer::Writer;
use crate::scheme::answers::{Answers, Response};
use crate::scheme::definition::{Confirmed, Proof, Scheme};
use crate::scheme::event::{Format, Id, Unsigned};
use crate::scheme::handshake::{Answer, Handshake, HandshakeProof, KeyUrl};
use crate::scheme::signature::{Form, Part, Place, Signature, TagPlace, Timestamp};
use crate::scheme::token::{BodyDigest, ClaimPart, SharedToken, Token, Validity};
use crate::time::Tolerance;

/// Writes a scheme. Fields that have their default value are left out.
pub(super) fn write_scheme(json: &mut Writer, scheme: &Scheme) {
    json.open('{');
    json.name("name").string(scheme.name);
    if scheme.title != scheme.name {
        json.name("title").string(scheme.title);
    }
    if !scheme.docs.is_empty() {
        json.name("docs").string(scheme.docs);
    }
    if scheme.confirmed != Confirmed::Documented {
        json.name("confirmed").choice(CONFIRMED, &scheme.confirmed);
    }
    match &scheme.proof {
        Proof::Signature(signature) => write_signature(json.name("signature"), signature),
        Proof::Token(token) => write_token(json.name("token"), token),
        Proof::SharedToken(shared) => write_shared_token(json.name("sharedToken"), shared),
    }
    json.name("key").choice(KEY_FORMATS, &scheme.key);
    if scheme.tolerance != Tolerance::DEFAULT {
        json.name("tolerance").open('{');
        json.name("past").number(scheme.tolerance.past);
        json.name("future").number(scheme.tolerance.future);
        json.close('}');
    }
    if scheme.methods != ["POST"] {
        json.name("methods").strings(scheme.methods);
    }
    if scheme.payload != Format::Json {
        json.name("payload");
        match scheme.payload {
            Format::JsonOrField(name) => json.variant("jsonOrField", |json| json.string(name)),
            plain => json.choice(PLAIN_FORMATS, &plain),
        }
    }
    write_id(json.name("id"), scheme.id);
    if !scheme.kind.is_empty() {
        json.name("type").strings(scheme.kind);
    }
    if scheme.unsigned != Unsigned::NONE {
        json.name("unsigned").open('{');
        for (name, header) in [("id", scheme.unsigned.id), ("type", scheme.unsigned.kind)] {
            if !header.is_empty() {
                json.name(name).one_or_more(header);
            }
        }
        json.close('}');
    }
    if scheme.answers != Answers::DEFAULT {
        write_answers(json.name("answers"), &scheme.answers);
    }
    if !scheme.handshakes.is_empty() {
        json.name("handshakes").list(scheme.handshakes, write_handshake);
    }
    if let Some(KeyUrl { at, like }) = scheme.key_url {
        json.name("keyUrl").open('{');
        json.name("at").string(at);
        json.name("like").strings(like);
        json.close('}');
    }
    json.close('}');
}

/// Writes the answers that reading would not fill in by itself.
fn write_answers(json: &mut Writer, answers: &Answers) {
    let Answers { accepted, duplicate, filtered, rejected } = answers;
    let default = Answers::DEFAULT;
    let has_own = *accepted != default.accepted;
    let inferred = |default| if has_own { *accepted } else { default };
    let answers = [
        ("accepted", accepted, default.accepted),
        ("duplicate", duplicate, inferred(default.duplicate)),
        ("filtered", filtered, inferred(default.filtered)),
        ("rejected", rejected, default.rejected),
    ];
    json.open('{');
    for (name, answer, inferred) in answers {
        if *answer != inferred {
            write_response(json.name(name), answer);
        }
    }
    json.close('}');
}

fn write_response(json: &mut Writer, response: &Response) {
    json.open('{');
    json.name("status").number(response.status.into());
    for (name, text) in [("contentType", response.content_type), ("body", response.body)] {
        if !text.is_empty() {
            json.name(name).string(text);
        }
    }
    json.close('}');
}

fn write_handshake(json: &mut Writer, handshake: &Handshake) {
    json.open('{');
    if let Some(method) = handshake.method {
        json.name("method").string(method);
    }
    if !handshake.when.is_empty() {
        json.name("when").open('{');
        for (place, wanted) in handshake.when {
            json.name(place);
            match wanted {
                Some(text) => json.string(text),
                None => json.null(),
            }
        }
        json.close('}');
    }
    if handshake.proof != handshake.default_proof() {
        match handshake.proof {
            HandshakeProof::TestKey(key) => json.name("proof").variant("testKey", |json| json.string(key)),
            plain => json.name("proof").choice(PLAIN_HANDSHAKE_PROOFS, &plain),
        }
    }
    for (name, place) in [("verifyToken", handshake.verify_token), ("token", handshake.token)] {
        if let Some(place) = place {
            json.name(name).string(place);
        }
    }
    match handshake.answer {
        Answer::Json(template) => json.name("json").string(template),
        Answer::Headers(headers) => {
            json.name("headers").open('{');
            for (name, value) in headers {
                json.name(name).string(value);
            }
            json.close('}');
        }
        Answer::Visit(patterns) => json.name("visit").strings(patterns),
        Answer::Token => {}
    }
    json.close('}');
}

fn write_id(json: &mut Writer, id: Id) {
    match id {
        Id::Header(header) => json.variant("header", |json| json.strings(header)),
        Id::Body(pointer) => json.variant("body", |json| json.string(pointer)),
        Id::BodyOrDigest(pointer) => json.variant("bodyOrDigest", |json| json.string(pointer)),
        plain => json.choice(PLAIN_IDS, &plain),
    }
}

fn write_signature(json: &mut Writer, signature: &Signature) {
    json.open('{');
    json.name("place");
    match signature.place {
        TagPlace::Header(header) => json.variant("header", |json| json.strings(header)),
        TagPlace::AnyHeader(headers) => json.variant("anyHeader", |json| json.strings(headers)),
        TagPlace::RepeatedHeader(header) => json.variant("repeatedHeader", |json| json.strings(header)),
        TagPlace::NumberedHeader(header) => json.variant("numberedHeader", |json| json.strings(header)),
        TagPlace::Body(pointers) => json.variant("body", |json| json.one_or_more(pointers)),
    }
    if signature.form != Form::Whole {
        write_form(json.name("form"), signature.form);
    }
    json.name("tags").list(signature.tags, |json, tag| {
        json.open('{');
        if !tag.label.is_empty() {
            json.name("label").string(tag.label);
        }
        json.name("algorithm").choice(ALGORITHMS, &tag.algorithm);
        json.name("encoding").choice(ENCODINGS, &tag.encoding);
        json.close('}');
    });
    json.name("content").list(signature.content, |json, part| match part {
        Part::Text(text) => json.variant("text", |json| json.string(text)),
        Part::Url(spelling) => json.variant("url", |json| json.choice(SPELLINGS, spelling)),
        Part::Member(pointer) => json.variant("member", |json| json.string(pointer)),
        Part::FreeMember(pointer) => json.variant("freeMember", |json| json.string(pointer)),
        Part::Members(names) => json.variant("members", |json| json.strings(names)),
        plain => json.choice(PLAIN_PARTS, plain),
    });
    if let Some(Timestamp { place, unit }) = signature.timestamp {
        json.name("timestamp").open('{');
        json.name("place");
        match place {
            Place::Header(header) => json.variant("header", |json| json.strings(header)),
            Place::Item(label) => json.variant("item", |json| json.string(label)),
            Place::Body(pointer) => json.variant("body", |json| json.string(pointer)),
            plain => json.choice(PLAIN_PLACES, &plain),
        }
        json.name("unit").choice(UNITS, &unit);
        json.close('}');
    }
    json.close('}');
}

fn write_form(json: &mut Writer, form: Form) {
    match form {
        Form::Items { between, within } => json.variant("items", |json| {
            json.open('{');
            json.name("between").string(between);
            json.name("within").string(within);
            json.close('}');
        }),
        Form::List { between } => {
            json.variant("list", |json| json.variant("between", |json| json.string(between)));
        }
        plain => json.choice(PLAIN_FORMS, &plain),
    }
}

fn write_token(json: &mut Writer, token: &Token) {
    json.open('{');
    json.name("header").strings(token.header);
    json.name("algorithms").list(token.algorithms, |json, algorithm| json.choice(ALGORITHMS, algorithm));
    json.name("validity");
    match token.validity {
        Validity::Expiry { lifetime } => json.variant("expiry", |json| json.number(lifetime)),
        plain => json.choice(PLAIN_VALIDITIES, &plain),
    }
    if let Some(BodyDigest { claim, encoding }) = token.body {
        json.name("body").open('{');
        json.name("claim").string(claim);
        json.name("encoding").choice(ENCODINGS, &encoding);
        json.close('}');
    }
    if let Some(pointer) = token.kind {
        json.name("type").string(pointer);
    }
    if !token.agreement.is_empty() {
        json.name("agreement").list(token.agreement, |json, agreement| {
            json.open('{');
            json.name("claim").string(agreement.claim);
            json.name("body").string(agreement.body);
            json.close('}');
        });
    }
    json.name("claims").list(token.claims, |json, claim| match claim {
        ClaimPart::Json(piece) => json.variant("json", |json| json.string(piece)),
        ClaimPart::FromBody(pointer) => json.variant("fromBody", |json| json.string(pointer)),
        plain => json.choice(PLAIN_CLAIMS, plain),
    });
    json.close('}');
}

fn write_shared_token(json: &mut Writer, shared: &SharedToken) {
    match shared {
        SharedToken::Header(header) => json.variant("header", |json| json.strings(header)),
        SharedToken::Body(pointer) => json.variant("body", |json| json.string(pointer)),
        plain @ SharedToken::Basic => json.choice(PLAIN_SHARED_TOKENS, plain),
    }
}

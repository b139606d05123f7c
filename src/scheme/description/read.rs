//! Reading a scheme from JSON, one function for each type of the vocabulary. In: a [`Field`]. Out: the value, whose
//! errors the field has noted.

use alloc::vec::Vec;

use super::field::{Field, leak, read_pointer, read_text};
use super::names::{
    ALGORITHMS, CONFIRMED, ENCODINGS, KEY_FORMATS, PLAIN_CLAIMS, PLAIN_FORMATS, PLAIN_FORMS, PLAIN_HANDSHAKE_PROOFS,
    PLAIN_IDS, PLAIN_PARTS, PLAIN_PLACES, PLAIN_SHARED_TOKENS, PLAIN_VALIDITIES, SPELLINGS, UNITS,
};
use crate::scheme::algorithm::{Algorithm, Encoding};
use crate::scheme::answers::{Answers, Response};
use crate::scheme::definition::{Confirmed, Proof, Scheme};
use crate::scheme::event::{Format, Id, Unsigned};
use crate::scheme::handshake::{Answer, Handshake, HandshakeProof, KeyUrl};
use crate::scheme::key_format::KeyFormat;
use crate::scheme::signature::{Form, Part, Place, Signature, Spelling, Tag, TagPlace, Timestamp, Unit};
use crate::scheme::token::{Agreement, BodyDigest, ClaimPart, SharedToken, Token, Validity};
use crate::time::Tolerance;

const SCHEME_FIELDS: &[&str] = &[
    "name",
    "title",
    "docs",
    "confirmed",
    "signature",
    "token",
    "sharedToken",
    "key",
    "tolerance",
    "methods",
    "payload",
    "id",
    "type",
    "unsigned",
    "answers",
    "handshakes",
    "keyUrl",
];

pub(super) fn read_scheme(field: &Field<'_>) -> Scheme {
    field.allow_only(SCHEME_FIELDS);
    let name = field.member("name").text();
    let methods = field.member("methods");
    let unsigned = field.member("unsigned");
    if !unsigned.is_absent() {
        unsigned.allow_only(&["id", "type"]);
    }
    Scheme {
        name,
        title: field.member("title").optional_text().unwrap_or(name),
        docs: field.member("docs").optional_text().unwrap_or_default(),
        confirmed: field.member("confirmed").choice_or(CONFIRMED, Confirmed::Documented),
        proof: read_proof(field),
        key: field.member("key").choice(KEY_FORMATS, KeyFormat::Text),
        tolerance: read_tolerance(&field.member("tolerance")),
        methods: if methods.is_absent() { &["POST"] } else { methods.texts() },
        payload: read_format(&field.member("payload")),
        id: read_id(&field.member("id")),
        kind: field.member("type").list_or_empty(read_pointer),
        unsigned: Unsigned {
            id: unsigned.member("id").optional(Field::header).unwrap_or_default(),
            kind: unsigned.member("type").optional(Field::header).unwrap_or_default(),
        },
        answers: read_answers(&field.member("answers"), &Answers::DEFAULT),
        handshakes: field.member("handshakes").list_or_empty(read_handshake),
        key_url: field.member("keyUrl").optional(read_key_url),
    }
}

fn read_proof(field: &Field<'_>) -> Proof {
    let [signature, token, shared] = ["signature", "token", "sharedToken"].map(|name| field.member(name));
    if [&signature, &token, &shared].iter().filter(|proof| !proof.is_absent()).count() != 1 {
        field.reject("it must have exactly one of signature, token and sharedToken");
    }
    if !signature.is_absent() {
        Proof::Signature(read_signature(&signature))
    } else if !token.is_absent() {
        Proof::Token(read_token(&token))
    } else {
        Proof::SharedToken(read_shared_token(&shared))
    }
}

fn read_tolerance(field: &Field<'_>) -> Tolerance {
    if field.is_absent() {
        Tolerance::DEFAULT
    } else if field.is_object() {
        field.allow_only(&["past", "future"]);
        Tolerance { past: field.member("past").seconds(), future: field.member("future").seconds() }
    } else {
        Tolerance::symmetric(field.seconds())
    }
}

fn read_format(field: &Field<'_>) -> Format {
    if field.is_absent() || field.is_string() {
        return field.choice_or(PLAIN_FORMATS, Format::Json);
    }
    let format = field.variant(&["jsonOrField"], "it must be the name of a format or an object with jsonOrField");
    Format::JsonOrField(format.nonempty_text())
}

fn read_id(field: &Field<'_>) -> Id {
    if field.is_string() {
        return field.choice(PLAIN_IDS, Id::Digest);
    }
    let place = field.variant(
        &["header", "body", "bodyOrDigest"],
        "it must be \"digest\", \"notice\" or an object with one of header, body and bodyOrDigest",
    );
    if place.is_named("header") {
        Id::Header(place.header())
    } else if place.is_named("body") {
        Id::Body(place.pointer())
    } else {
        Id::BodyOrDigest(place.pointer())
    }
}

fn read_signature(field: &Field<'_>) -> Signature {
    field.allow_only(&["place", "form", "tags", "content", "timestamp"]);
    Signature {
        place: read_tag_place(&field.member("place")),
        form: read_form(&field.member("form")),
        tags: field.member("tags").list(read_tag),
        content: field.member("content").list(read_part),
        timestamp: field.member("timestamp").optional(read_timestamp),
    }
}

fn read_tag_place(field: &Field<'_>) -> TagPlace {
    let place = field.variant(
        &["header", "anyHeader", "repeatedHeader", "numberedHeader", "body"],
        "it must be an object with one of header, anyHeader, repeatedHeader, numberedHeader and body",
    );
    if place.is_named("header") {
        TagPlace::Header(place.header())
    } else if place.is_named("anyHeader") {
        TagPlace::AnyHeader(place.texts())
    } else if place.is_named("repeatedHeader") {
        TagPlace::RepeatedHeader(place.header())
    } else if place.is_named("numberedHeader") {
        TagPlace::NumberedHeader(place.header())
    } else {
        TagPlace::Body(place.pointers())
    }
}

fn read_form(field: &Field<'_>) -> Form {
    if field.is_absent() {
        return Form::Whole;
    }
    if field.is_string() {
        return field.choice(PLAIN_FORMS, Form::Whole);
    }
    let form = field.variant(&["items", "list"], "it must be \"whole\" or an object with one of items and list");
    let between = form.member("between");
    if form.is_named("items") {
        form.allow_only(&["between", "within"]);
        Form::Items { between: between.nonempty_text(), within: form.member("within").nonempty_text() }
    } else {
        form.allow_only(&["between"]);
        Form::List { between: between.nonempty_text() }
    }
}

fn read_tag(field: &Field<'_>) -> Tag {
    field.allow_only(&["label", "algorithm", "encoding"]);
    Tag {
        label: field.member("label").optional_text().unwrap_or_default(),
        algorithm: read_algorithm(&field.member("algorithm")),
        encoding: read_encoding(&field.member("encoding")),
    }
}

fn read_part(field: &Field<'_>) -> Part {
    if field.is_string() {
        return field.choice(PLAIN_PARTS, Part::Body);
    }
    let part = field.variant(
        &["text", "url", "member", "freeMember", "members"],
        "it must be the name of a part or an object with one of text, url, member, freeMember and members",
    );
    if part.is_named("text") {
        Part::Text(part.text())
    } else if part.is_named("url") {
        Part::Url(part.choice(SPELLINGS, Spelling::Exact))
    } else if part.is_named("member") {
        Part::Member(part.pointer())
    } else if part.is_named("freeMember") {
        Part::FreeMember(part.pointer())
    } else {
        Part::Members(part.texts())
    }
}

fn read_timestamp(field: &Field<'_>) -> Timestamp {
    field.allow_only(&["place", "unit"]);
    Timestamp { place: read_place(&field.member("place")), unit: field.member("unit").choice(UNITS, Unit::Seconds) }
}

fn read_place(field: &Field<'_>) -> Place {
    if field.is_string() {
        return field.choice(PLAIN_PLACES, Place::First);
    }
    let place = field
        .variant(&["header", "item", "body"], "it must be \"first\" or an object with one of header, item and body");
    if place.is_named("header") {
        Place::Header(place.header())
    } else if place.is_named("item") {
        Place::Item(place.text())
    } else {
        Place::Body(place.pointer())
    }
}

fn read_token(field: &Field<'_>) -> Token {
    field.allow_only(&["header", "algorithms", "validity", "body", "type", "agreement", "claims"]);
    Token {
        header: field.member("header").header(),
        algorithms: field.member("algorithms").list(read_algorithm),
        validity: read_validity(&field.member("validity")),
        body: field.member("body").optional(read_body_digest),
        kind: field.member("type").optional(read_pointer),
        agreement: field.member("agreement").list_or_empty(read_agreement),
        claims: field.member("claims").list_or_empty(read_claim),
    }
}

fn read_validity(field: &Field<'_>) -> Validity {
    if field.is_string() {
        return field.choice(PLAIN_VALIDITIES, Validity::IssuedAt);
    }
    let expiry =
        field.variant(&["expiry"], "it must be \"issued-at\", \"unlimited\" or an object with expiry, in seconds");
    Validity::Expiry { lifetime: expiry.seconds() }
}

fn read_body_digest(field: &Field<'_>) -> BodyDigest {
    field.allow_only(&["claim", "encoding"]);
    BodyDigest { claim: field.member("claim").pointer(), encoding: read_encoding(&field.member("encoding")) }
}

fn read_agreement(field: &Field<'_>) -> Agreement {
    field.allow_only(&["claim", "body"]);
    Agreement { claim: field.member("claim").pointer(), body: field.member("body").pointer() }
}

fn read_claim(field: &Field<'_>) -> ClaimPart {
    if field.is_string() {
        return field.choice(PLAIN_CLAIMS, ClaimPart::Expiry);
    }
    let part = field
        .variant(&["json", "fromBody"], "it must be the name of a claim or an object with one of json and fromBody");
    if part.is_named("json") { ClaimPart::Json(part.text()) } else { ClaimPart::FromBody(part.pointer()) }
}

fn read_shared_token(field: &Field<'_>) -> SharedToken {
    if field.is_string() {
        return field.choice(PLAIN_SHARED_TOKENS, SharedToken::Basic);
    }
    let place = field.variant(&["header", "body"], "it must be \"basic\" or an object with one of header and body");
    if place.is_named("header") {
        SharedToken::Header(place.header())
    } else {
        SharedToken::Body(place.pointer_with_star())
    }
}

/// The answers in a description. Those that it leaves out are the base's; a duplicate and a filtered event are answered like
/// an accepted one if only that is described.
pub(super) fn read_answers(field: &Field<'_>, base: &Answers) -> Answers {
    if field.is_absent() {
        return *base;
    }
    field.allow_only(&["accepted", "duplicate", "filtered", "rejected"]);
    let read = |name, default: Response| {
        let answer = field.member(name);
        answer.optional(|field| read_response(field, default.status)).unwrap_or(default)
    };
    let accepted = read("accepted", base.accepted);
    let is_described = !field.member("accepted").is_absent();
    Answers {
        accepted,
        duplicate: read("duplicate", if is_described { accepted } else { base.duplicate }),
        filtered: read("filtered", if is_described { accepted } else { base.filtered }),
        rejected: read("rejected", base.rejected),
    }
}

fn read_response(field: &Field<'_>, default_status: u16) -> Response {
    field.allow_only(&["status", "contentType", "body"]);
    let text = |name| field.member(name).optional_text().unwrap_or_default();
    Response {
        status: field.member("status").optional(Field::status).unwrap_or(default_status),
        content_type: text("contentType"),
        body: text("body"),
    }
}

fn read_handshake(field: &Field<'_>) -> Handshake {
    field.allow_only(&["method", "when", "proof", "verifyToken", "token", "json", "headers", "visit"]);
    let json = field.member("json").optional_text();
    let headers = field.member("headers");
    let visit = field.member("visit").list_or_empty(read_text);
    let handshake = Handshake {
        method: field.member("method").optional_text(),
        when: read_conditions(&field.member("when")),
        proof: HandshakeProof::Unsigned,
        verify_token: field.member("verifyToken").optional_text(),
        token: field.member("token").optional_text(),
        answer: match (json, visit) {
            (Some(template), _) => Answer::Json(template),
            (None, [_, ..]) => Answer::Visit(visit),
            (None, []) if !headers.is_absent() => Answer::Headers(read_headers(&headers)),
            (None, []) => Answer::Token,
        },
    };
    let proof = field.member("proof").optional(read_handshake_proof);
    Handshake { proof: proof.unwrap_or_else(|| handshake.default_proof()), ..handshake }
}

fn read_handshake_proof(field: &Field<'_>) -> HandshakeProof {
    if field.is_string() {
        return field.choice(PLAIN_HANDSHAKE_PROOFS, HandshakeProof::Unsigned);
    }
    let key = field.variant(&["testKey"], "it must be \"signed\", \"unsigned\", \"set-up\" or an object with testKey");
    HandshakeProof::TestKey(key.nonempty_text())
}

/// An object of headers with the value of each.
fn read_headers(field: &Field<'_>) -> &'static [(&'static str, &'static str)] {
    let header = |(name, value): (&str, Field<'_>)| (leak(name), value.text());
    field.members().into_iter().map(header).collect::<Vec<_>>().leak()
}

/// An object of places with the text required at each, or `null` if nothing may be there.
fn read_conditions(field: &Field<'_>) -> &'static [(&'static str, Option<&'static str>)] {
    let condition =
        |(place, text): (&str, Field<'_>)| (leak(place), if text.is_null() { None } else { Some(text.text()) });
    field.members().into_iter().map(condition).collect::<Vec<_>>().leak()
}

fn read_key_url(field: &Field<'_>) -> KeyUrl {
    field.allow_only(&["at", "like"]);
    KeyUrl { at: field.member("at").pointer(), like: field.member("like").texts() }
}

fn read_algorithm(field: &Field<'_>) -> Algorithm {
    field.choice(ALGORITHMS, Algorithm::HmacSha256)
}

fn read_encoding(field: &Field<'_>) -> Encoding {
    field.choice(ENCODINGS, Encoding::Hex)
}

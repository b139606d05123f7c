//! A scheme as JSON: the same words as in Rust, so that a sender can be described in a file or in TypeScript. Reading
//! tells which field is wrong and why; a description that is read is as sound as one that compiles.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use super::{
    Agreement, Algorithm, Answer, BodyDigest, ClaimPart, Confirmed, Encoding, Form, Format, Handshake, Id, KeyFormat,
    KeyUrl, Part, Place, Proof, Scheme, SharedToken, Signature, Spelling, Tag, TagPlace, Timestamp, Token, Unit,
    Unsigned, Validity,
};
use crate::error::SchemeError;
use crate::json::{Tree, tree};
use crate::limits::MAX_DESCRIPTION_ITEMS;
use crate::text::decimal::{decimal, join};
use crate::text::split::holds;
use crate::time::Tolerance;

/// The names of the values of a field.
type Names<T> = &'static [(&'static str, T)];

const ALGORITHMS: Names<Algorithm> = &[
    ("hmac-sha256", Algorithm::HmacSha256),
    ("hmac-sha1", Algorithm::HmacSha1),
    ("hmac-sha512", Algorithm::HmacSha512),
    ("sha256", Algorithm::Sha256),
    ("sha1", Algorithm::Sha1),
    ("ed25519", Algorithm::Ed25519),
    ("ecdsa-p256", Algorithm::EcdsaP256),
    ("rsa-sha256", Algorithm::RsaSha256),
    ("rsa-sha1", Algorithm::RsaSha1),
];
const ENCODINGS: Names<Encoding> = &[
    ("hex", Encoding::Hex),
    ("base64", Encoding::Base64),
    ("base64url", Encoding::Base64Url),
    ("base64-der", Encoding::Base64Der),
];
const KEY_FORMATS: Names<KeyFormat> = &[
    ("text", KeyFormat::Text),
    ("standard", KeyFormat::Standard),
    ("standard-or-text", KeyFormat::StandardOrText),
    ("hex", KeyFormat::Hex),
    ("base64", KeyFormat::Base64),
    ("public", KeyFormat::Public),
    ("public-or-text", KeyFormat::PublicOrText),
];
const FORMATS: Names<Format> = &[("json", Format::Json), ("form", Format::Form), ("json-or-form", Format::JsonOrForm)];
const UNITS: Names<Unit> =
    &[("seconds", Unit::Seconds), ("milliseconds", Unit::Milliseconds), ("rfc3339", Unit::Rfc3339)];
const SPELLINGS: Names<Spelling> =
    &[("exact", Spelling::Exact), ("any-port", Spelling::AnyPort), ("partly-decoded", Spelling::PartlyDecoded)];
const CONFIRMED: Names<Confirmed> =
    &[("vector", Confirmed::Vector), ("oracle", Confirmed::Oracle), ("documented", Confirmed::Documented)];
/// The parts of signed content that need no more than their name.
const PLAIN_PARTS: Names<Part> = &[
    ("id", Part::Id),
    ("timestamp", Part::Timestamp),
    ("body", Part::Body),
    ("method", Part::Method),
    ("sorted-form", Part::SortedForm),
    ("secret", Part::Secret),
];
const PLAIN_CLAIMS: Names<ClaimPart> =
    &[("expiry", ClaimPart::Expiry), ("issued-at", ClaimPart::IssuedAt), ("body-digest", ClaimPart::BodyDigest)];

impl KeyFormat {
    /// What a description calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        name_of(KEY_FORMATS, &self)
    }
}

impl Scheme {
    /// Reads a description from JSON, for a sender that is not among the [`senders`](crate::senders).
    ///
    /// A scheme lives as long as the program, so each call keeps a few hundred bytes for good: describe a sender once.
    ///
    /// ```
    /// use countersign::{Scheme, Signer, UnixTime};
    ///
    /// let acme = Scheme::from_json(r#"{
    ///     "name": "acme",
    ///     "signature": {
    ///         "place": { "header": "acme-signature" },
    ///         "form": { "items": { "between": ",", "within": "=" } },
    ///         "tags": [{ "label": "v1", "algorithm": "hmac-sha256", "encoding": "hex" }],
    ///         "content": ["timestamp", { "text": "." }, "body"],
    ///         "timestamp": { "place": { "item": "t" }, "unit": "seconds" }
    ///     },
    ///     "key": "text",
    ///     "id": { "body": "/id" },
    ///     "type": ["/type"]
    /// }"#)?;
    /// let headers = Signer::new(&acme, "s3cret")?.sign("", b"{}", UnixTime::from_secs(1_700_000_000));
    /// assert!(headers[0].1.starts_with("t=1700000000,v1="));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SchemeError::Unsound`] with the field that is wrong: it is missing, unknown, not of its type, or would let
    /// through what nobody signed.
    pub fn from_json(json: &str) -> Result<Self, SchemeError> {
        let tree = tree(json)
            .map_err(|error| SchemeError::Unsound { field: ROOT.to_owned(), problem: error.message().into() })?;
        let error = Cell::new(None);
        let scheme = read_scheme(&Field::root(&tree, &error));
        if let Some(error) = error.into_inner() {
            return Err(error);
        }
        scheme.soundness()?;
        Ok(scheme)
    }

    /// The description as JSON, from which [`Scheme::from_json`] makes the same again.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = Writer::default();
        write_scheme(&mut json, self);
        json.text
    }
}

const ROOT: &str = "the description";
const MISSING: &str = "it is missing";

fn leak(text: String) -> &'static str {
    text.leak()
}

/// A place in a description and what stands there. It knows its way back, so that only an error writes the path out.
///
/// Reading always gives a value. What is wrong is noted, the first of it counts, and then none of the values does: so
/// there is one question whether something was wrong, and not one after every field.
#[derive(Clone, Copy)]
struct Field<'t> {
    parent: Option<&'t Field<'t>>,
    step: Step<'t>,
    tree: Option<&'t Tree<'t>>,
    error: &'t Cell<Option<SchemeError>>,
}

#[derive(Clone, Copy)]
enum Step<'t> {
    Member(&'t str),
    Item(u64),
}

impl<'t> Field<'t> {
    const fn root(tree: &'t Tree<'t>, error: &'t Cell<Option<SchemeError>>) -> Self {
        Self { parent: None, step: Step::Member(ROOT), tree: Some(tree), error }
    }

    fn wrong(&self, problem: &'static str) {
        self.is_wrong(Cow::Borrowed(problem));
    }

    fn is_wrong(&self, problem: Cow<'static, str>) {
        let first = self.error.take();
        self.error.set(first.or_else(|| Some(SchemeError::Unsound { field: self.path(), problem })));
    }

    /// Where this is, like `signature.tags[0].encoding`.
    fn path(&self) -> String {
        let before = match self.parent {
            Some(parent) if parent.parent.is_some() => parent.path(),
            _ => String::new(),
        };
        match self.step {
            Step::Member(name) if before.is_empty() => name.to_owned(),
            Step::Member(name) => join(&[&before, ".", name]),
            Step::Item(index) => join(&[&before, "[", &decimal(index), "]"]),
        }
    }

    const fn is_absent(&self) -> bool {
        self.tree.is_none()
    }

    /// What a field that may be left out says.
    fn optional<T>(&self, read: impl FnOnce(&Self) -> T) -> Option<T> {
        if self.is_absent() { None } else { Some(read(self)) }
    }

    /// Refuses members of other names: a field that is misspelt would be a check that is left out.
    fn only(&self, names: &[&str]) {
        match self.tree {
            Some(Tree::Object(members)) => {
                for (name, _) in members {
                    if !names.contains(&name.as_ref()) {
                        self.member(name).wrong("there is no such field");
                    }
                }
            }
            None => self.wrong(MISSING),
            Some(_) => self.wrong("it must be an object"),
        }
    }

    const fn child<'c>(&'c self, step: Step<'c>, tree: Option<&'c Tree<'c>>) -> Field<'c> {
        Field { parent: Some(self), step, tree, error: self.error }
    }

    fn member<'c>(&'c self, name: &'c str) -> Field<'c> {
        let tree = match self.tree {
            Some(Tree::Object(members)) => members.iter().find(|(own, _)| own == name).map(|(_, tree)| tree),
            _ => None,
        };
        self.child(Step::Member(name), tree)
    }

    /// The one member of an object, which says what kind of thing it is.
    fn variant(&self, names: &[&str], problem: &'static str) -> Field<'_> {
        match self.tree {
            Some(Tree::Object(members)) => {
                self.only(names);
                if let [(name, _)] = members.as_slice() {
                    return self.member(name);
                }
                self.wrong(problem);
            }
            None => self.wrong(MISSING),
            Some(_) => self.wrong(problem),
        }
        self.child(Step::Member(""), None)
    }

    fn is(&self, name: &str) -> bool {
        matches!(self.step, Step::Member(own) if own == name)
    }

    const fn is_string(&self) -> bool {
        matches!(self.tree, Some(Tree::String(_)))
    }

    fn str(&self) -> &'t str {
        match self.tree {
            Some(Tree::String(text)) => return text,
            None => self.wrong(MISSING),
            Some(_) => self.wrong("it must be a string"),
        }
        ""
    }

    fn text(&self) -> &'static str {
        leak(self.str().to_owned())
    }

    fn optional_text(&self) -> Option<&'static str> {
        self.optional(Self::text)
    }

    /// A JSON pointer to a member of the body or of the claims.
    fn pointer(&self) -> &'static str {
        let text = self.text();
        // Names with a slash or a tilde, which a tilde would stand for, are nobody's.
        if !text.starts_with('/') || holds(text.as_bytes(), b'~') {
            self.wrong("it must be a JSON pointer, like \"/data/id\", without ~");
        }
        text
    }

    fn list<T>(&self, read: impl Fn(&Field<'_>) -> T) -> &'static [T] {
        let mut items = Vec::new();
        for (index, tree) in (0..).zip(self.items()) {
            items.push(read(&self.child(Step::Item(index), Some(tree))));
        }
        items.leak()
    }

    /// Not generic: there is one of it for all kinds of items.
    fn items(&self) -> &'t [Tree<'t>] {
        match self.tree {
            Some(Tree::Array(items)) if items.len() <= MAX_DESCRIPTION_ITEMS => return items,
            None => self.wrong(MISSING),
            Some(_) => self.wrong("it must be an array of no more than 16"),
        }
        &[]
    }

    fn list_or_none<T>(&self, read: impl Fn(&Field<'_>) -> T) -> &'static [T] {
        if self.is_absent() { &[] } else { self.list(read) }
    }

    fn texts(&self) -> &'static [&'static str] {
        self.list(read_text)
    }

    /// A header: one name, or one for each family.
    fn header(&self) -> &'static [&'static str] {
        if self.is_string() { Vec::from([self.text()]).leak() } else { self.texts() }
    }

    /// One of the values with a name. The other value is for a field that is wrong, where it never counts.
    fn choice<T: Copy>(&self, names: Names<T>, otherwise: T) -> T {
        let index = self.index_in(&mut names.iter().map(|(name, _)| *name));
        index.and_then(|index| names.get(index)).map_or(otherwise, |(_, value)| *value)
    }

    /// Not generic either.
    fn index_in(&self, names: &mut dyn Iterator<Item = &'static str>) -> Option<usize> {
        let text = self.str();
        let mut problem = String::from("it must be one of ");
        for (index, name) in names.enumerate() {
            if name == text {
                return Some(index);
            }
            problem.push_str(if index == 0 { "" } else { ", " });
            problem.push_str(name);
        }
        self.is_wrong(Cow::Owned(problem));
        None
    }

    fn choice_or<T: Copy>(&self, names: Names<T>, usual: T) -> T {
        if self.is_absent() { usual } else { self.choice(names, usual) }
    }

    fn seconds(&self) -> u32 {
        let seconds = match self.tree {
            // Read as what other numbers are read as: a second reader of digits is a third of a kilobyte.
            Some(Tree::Number(digits)) => digits.parse::<u64>().ok().and_then(|seconds| u32::try_from(seconds).ok()),
            _ => None,
        };
        if seconds.is_none() {
            self.wrong("it must be a whole number of seconds");
        }
        seconds.unwrap_or_default()
    }
}

fn read_text(field: &Field<'_>) -> &'static str {
    field.text()
}

fn read_algorithm(field: &Field<'_>) -> Algorithm {
    field.choice(ALGORITHMS, Algorithm::HmacSha256)
}

fn read_encoding(field: &Field<'_>) -> Encoding {
    field.choice(ENCODINGS, Encoding::Hex)
}

fn read_pointer(field: &Field<'_>) -> &'static str {
    field.pointer()
}

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
    "payload",
    "id",
    "type",
    "unsigned",
    "handshakes",
    "keyUrl",
];

fn read_scheme(field: &Field<'_>) -> Scheme {
    field.only(SCHEME_FIELDS);
    let name = field.member("name").text();
    let unsigned = field.member("unsigned");
    if !unsigned.is_absent() {
        unsigned.only(&["id", "type"]);
    }
    Scheme {
        name,
        title: field.member("title").optional_text().unwrap_or(name),
        docs: field.member("docs").optional_text().unwrap_or_default(),
        confirmed: field.member("confirmed").choice_or(CONFIRMED, Confirmed::Documented),
        proof: read_proof(field),
        key: field.member("key").choice(KEY_FORMATS, KeyFormat::Text),
        tolerance: read_tolerance(&field.member("tolerance")),
        payload: field.member("payload").choice_or(FORMATS, Format::Json),
        id: read_id(&field.member("id")),
        kind: field.member("type").list_or_none(read_pointer),
        unsigned: Unsigned { id: unsigned.member("id").optional_text(), kind: unsigned.member("type").optional_text() },
        handshakes: field.member("handshakes").list_or_none(read_handshake),
        key_url: field.member("keyUrl").optional(read_key_url),
    }
}

fn read_proof(field: &Field<'_>) -> Proof {
    let [signature, token, shared] = ["signature", "token", "sharedToken"].map(|name| field.member(name));
    if [&signature, &token, &shared].iter().filter(|proof| !proof.is_absent()).count() != 1 {
        field.wrong("it must have one of signature, token and sharedToken");
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
    match field.tree {
        None => Tolerance::DEFAULT,
        Some(Tree::Object(_)) => {
            field.only(&["past", "future"]);
            Tolerance { past: field.member("past").seconds(), future: field.member("future").seconds() }
        }
        Some(_) => Tolerance::symmetric(field.seconds()),
    }
}

fn read_id(field: &Field<'_>) -> Id {
    if field.is_string() {
        return field.choice(&[("digest", Id::Digest), ("notice", Id::Notice)], Id::Digest);
    }
    let place = field.variant(
        &["header", "body", "bodyOrDigest"],
        "it must be \"digest\", \"notice\" or an object with one of header, body and bodyOrDigest",
    );
    if place.is("header") {
        Id::Header(place.header())
    } else if place.is("body") {
        Id::Body(place.pointer())
    } else {
        Id::BodyOrDigest(place.pointer())
    }
}

fn read_signature(field: &Field<'_>) -> Signature {
    field.only(&["place", "form", "tags", "content", "timestamp"]);
    Signature {
        place: read_tag_place(&field.member("place")),
        form: read_form(&field.member("form")),
        tags: field.member("tags").list(read_tag),
        content: field.member("content").list(read_part),
        timestamp: field.member("timestamp").optional(read_timestamp),
    }
}

fn read_tag_place(field: &Field<'_>) -> TagPlace {
    let place =
        field.variant(&["header", "anyHeader", "body"], "it must be an object with one of header, anyHeader and body");
    if place.is("header") {
        TagPlace::Header(place.header())
    } else if place.is("anyHeader") {
        TagPlace::AnyHeader(place.texts())
    } else {
        TagPlace::Body(place.pointer())
    }
}

fn read_form(field: &Field<'_>) -> Form {
    match field.tree {
        None => return Form::Whole,
        Some(Tree::String(_)) => return field.choice(&[("whole", Form::Whole)], Form::Whole),
        Some(_) => {}
    }
    let form = field.variant(&["items", "list"], "it must be \"whole\" or an object with one of items and list");
    let separator = |name| {
        let member = form.member(name);
        let text = member.text();
        if text.is_empty() {
            member.wrong("it must not be empty");
        }
        text
    };
    if form.is("items") {
        form.only(&["between", "within"]);
        Form::Items { between: separator("between"), within: separator("within") }
    } else {
        form.only(&["between"]);
        Form::List { between: separator("between") }
    }
}

fn read_tag(field: &Field<'_>) -> Tag {
    field.only(&["label", "algorithm", "encoding"]);
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
        &["text", "url", "member", "members"],
        "it must be the name of a part or an object with one of text, url, member and members",
    );
    if part.is("text") {
        Part::Text(part.text())
    } else if part.is("url") {
        Part::Url(part.choice(SPELLINGS, Spelling::Exact))
    } else if part.is("member") {
        Part::Member(part.pointer())
    } else {
        Part::Members(part.texts())
    }
}

fn read_timestamp(field: &Field<'_>) -> Timestamp {
    field.only(&["place", "unit"]);
    Timestamp { place: read_place(&field.member("place")), unit: field.member("unit").choice(UNITS, Unit::Seconds) }
}

fn read_place(field: &Field<'_>) -> Place {
    if field.is_string() {
        return field.choice(&[("first", Place::First)], Place::First);
    }
    let place = field
        .variant(&["header", "item", "body"], "it must be \"first\" or an object with one of header, item and body");
    if place.is("header") {
        Place::Header(place.header())
    } else if place.is("item") {
        Place::Item(place.text())
    } else {
        Place::Body(place.pointer())
    }
}

fn read_token(field: &Field<'_>) -> Token {
    field.only(&["header", "algorithms", "validity", "body", "type", "agreement", "claims"]);
    Token {
        header: field.member("header").header(),
        algorithms: field.member("algorithms").list(read_algorithm),
        validity: read_validity(&field.member("validity")),
        body: field.member("body").optional(read_body_digest),
        kind: field.member("type").optional(read_pointer),
        agreement: field.member("agreement").list_or_none(read_agreement),
        claims: field.member("claims").list_or_none(read_claim),
    }
}

fn read_validity(field: &Field<'_>) -> Validity {
    if field.is_string() {
        let names = &[("issued-at", Validity::IssuedAt), ("unlimited", Validity::Unlimited)];
        return field.choice(names, Validity::IssuedAt);
    }
    let expiry =
        field.variant(&["expiry"], "it must be \"issued-at\", \"unlimited\" or an object with expiry, in seconds");
    Validity::Expiry { lifetime: expiry.seconds() }
}

fn read_body_digest(field: &Field<'_>) -> BodyDigest {
    field.only(&["claim", "encoding"]);
    BodyDigest { claim: field.member("claim").pointer(), encoding: read_encoding(&field.member("encoding")) }
}

fn read_agreement(field: &Field<'_>) -> Agreement {
    field.only(&["claim", "body"]);
    Agreement { claim: field.member("claim").pointer(), body: field.member("body").pointer() }
}

fn read_claim(field: &Field<'_>) -> ClaimPart {
    if field.is_string() {
        return field.choice(PLAIN_CLAIMS, ClaimPart::Expiry);
    }
    let part = field
        .variant(&["json", "fromBody"], "it must be the name of a claim or an object with one of json and fromBody");
    if part.is("json") { ClaimPart::Json(part.text()) } else { ClaimPart::FromBody(part.pointer()) }
}

fn read_shared_token(field: &Field<'_>) -> SharedToken {
    if field.is_string() {
        return field.choice(&[("basic", SharedToken::Basic)], SharedToken::Basic);
    }
    let place = field.variant(&["header", "body"], "it must be \"basic\" or an object with one of header and body");
    if place.is("header") { SharedToken::Header(place.header()) } else { SharedToken::Body(place.pointer()) }
}

fn read_handshake(field: &Field<'_>) -> Handshake {
    field.only(&["when", "verifyToken", "token", "json", "visit"]);
    let json = field.member("json").optional_text();
    let visit = field.member("visit").list_or_none(read_text);
    Handshake {
        when: read_conditions(&field.member("when")),
        verify_token: field.member("verifyToken").optional_text(),
        token: field.member("token").optional_text(),
        answer: match (json, visit) {
            (Some(template), _) => Answer::Json(template),
            (None, [_, ..]) => Answer::Visit(visit),
            (None, []) => Answer::Token,
        },
    }
}

/// Places with the texts that must stand there, or `null`, where nothing may.
fn read_conditions(field: &Field<'_>) -> &'static [(&'static str, Option<&'static str>)] {
    let mut conditions = Vec::new();
    match field.tree {
        None => {}
        Some(Tree::Object(members)) => {
            for (name, _) in members {
                let text = field.member(name);
                let text = if matches!(text.tree, Some(Tree::Null)) { None } else { Some(text.text()) };
                conditions.push((leak(name.clone().into_owned()), text));
            }
        }
        Some(_) => field.wrong("it must be an object"),
    }
    conditions.leak()
}

fn read_key_url(field: &Field<'_>) -> KeyUrl {
    field.only(&["at", "like"]);
    KeyUrl { at: field.member("at").pointer(), like: field.member("like").texts() }
}

/// Every value has a name.
fn name_of<T: PartialEq>(names: Names<T>, value: &T) -> &'static str {
    names.iter().find(|(_, own)| own == value).map_or("", |(name, _)| *name)
}

/// JSON in the making. What is written is known to be a tree, so only the commas need care.
#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn separate(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(['{', '[', ':', ',']) {
            self.text.push(',');
        }
    }

    fn open(&mut self, bracket: char) {
        self.separate();
        self.text.push(bracket);
    }

    fn close(&mut self, bracket: char) {
        self.text.push(bracket);
    }

    fn string(&mut self, text: &str) {
        self.separate();
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => self.text.extend(['\\', character]),
                '\n' => self.text.push_str("\\n"),
                _ => self.text.push(character),
            }
        }
        self.text.push('"');
    }

    fn name(&mut self, name: &str) -> &mut Self {
        self.string(name);
        self.text.push(':');
        self
    }

    fn number(&mut self, number: u32) {
        self.separate();
        self.text.push_str(&decimal(u64::from(number)));
    }

    fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T)) {
        self.open('[');
        for item in items {
            write(self, item);
        }
        self.close(']');
    }

    fn strings(&mut self, texts: &[&str]) {
        self.list(texts, |json, text| json.string(text));
    }

    fn choice<T: PartialEq>(&mut self, names: Names<T>, value: &T) {
        self.string(name_of(names, value));
    }

    /// An object with one member.
    fn variant(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        self.open('{');
        self.name(name);
        write(self);
        self.close('}');
    }
}

/// Writes what differs from what is read where nothing is written.
fn write_scheme(json: &mut Writer, scheme: &Scheme) {
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
    if scheme.payload != Format::Json {
        json.name("payload").choice(FORMATS, &scheme.payload);
    }
    write_id(json.name("id"), scheme.id);
    if !scheme.kind.is_empty() {
        json.name("type").strings(scheme.kind);
    }
    if scheme.unsigned != Unsigned::NONE {
        json.name("unsigned").open('{');
        for (name, header) in [("id", scheme.unsigned.id), ("type", scheme.unsigned.kind)] {
            if let Some(header) = header {
                json.name(name).string(header);
            }
        }
        json.close('}');
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

fn write_handshake(json: &mut Writer, handshake: &Handshake) {
    json.open('{');
    if !handshake.when.is_empty() {
        json.name("when").open('{');
        for (place, wanted) in handshake.when {
            json.name(place);
            match wanted {
                Some(text) => json.string(text),
                None => json.text.push_str("null"),
            }
        }
        json.close('}');
    }
    for (name, place) in [("verifyToken", handshake.verify_token), ("token", handshake.token)] {
        if let Some(place) = place {
            json.name(name).string(place);
        }
    }
    match handshake.answer {
        Answer::Json(template) => json.name("json").string(template),
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
        Id::Digest => json.string("digest"),
        Id::Notice => json.string("notice"),
    }
}

fn write_signature(json: &mut Writer, signature: &Signature) {
    json.open('{');
    json.name("place");
    match signature.place {
        TagPlace::Header(header) => json.variant("header", |json| json.strings(header)),
        TagPlace::AnyHeader(headers) => json.variant("anyHeader", |json| json.strings(headers)),
        TagPlace::Body(pointer) => json.variant("body", |json| json.string(pointer)),
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
        Part::Members(names) => json.variant("members", |json| json.strings(names)),
        plain => json.choice(PLAIN_PARTS, plain),
    });
    if let Some(Timestamp { place, unit }) = signature.timestamp {
        json.name("timestamp").open('{');
        json.name("place");
        match place {
            Place::Header(header) => json.variant("header", |json| json.strings(header)),
            Place::Item(label) => json.variant("item", |json| json.string(label)),
            Place::First => json.string("first"),
            Place::Body(pointer) => json.variant("body", |json| json.string(pointer)),
        }
        json.name("unit").choice(UNITS, &unit);
        json.close('}');
    }
    json.close('}');
}

fn write_form(json: &mut Writer, form: Form) {
    match form {
        Form::Whole => json.string("whole"),
        Form::Items { between, within } => json.variant("items", |json| {
            json.open('{');
            json.name("between").string(between);
            json.name("within").string(within);
            json.close('}');
        }),
        Form::List { between } => {
            json.variant("list", |json| json.variant("between", |json| json.string(between)));
        }
    }
}

fn write_token(json: &mut Writer, token: &Token) {
    json.open('{');
    json.name("header").strings(token.header);
    json.name("algorithms").list(token.algorithms, |json, algorithm| json.choice(ALGORITHMS, algorithm));
    json.name("validity");
    match token.validity {
        Validity::Expiry { lifetime } => json.variant("expiry", |json| json.number(lifetime)),
        Validity::IssuedAt => json.string("issued-at"),
        Validity::Unlimited => json.string("unlimited"),
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
        SharedToken::Basic => json.string("basic"),
        SharedToken::Body(pointer) => json.variant("body", |json| json.string(pointer)),
    }
}

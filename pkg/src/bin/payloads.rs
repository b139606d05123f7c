//! Prints the core's payload types as the TypeScript module `dist/generated/payloads.ts`. Typeshare reads the structs from
//! the core's source files; the names of event types and of enum values come from the core's constants.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;

use countersign::senders::{flash, flexprice, resend, stripe, subscribeflow};
use typeshare_core::context::{ParseContext, ParseFileContext};
use typeshare_core::language::{CrateName, CrateTypes, Language, TypeScript};
use typeshare_core::parser::{ParsedData, parse};
use typeshare_core::rust_types::{RustType, SpecialRustType};

/// The aliases of `countersign::payload`, and the types of the values that `json()` returns for them. A sender's module has
/// one union for all of its event types, so a second enum of types is the same union.
const ALIASES: [(&str, &str); 8] = [
    ("Decimal", "string"),
    ("Integer", "(number | bigint)"),
    ("Timestamp", "string"),
    ("Metadata", "Record<string, string>"),
    ("Raw", "unknown"),
    ("RawObject", "Record<string, unknown>"),
    ("RawScalar", "(string | number | bigint)"),
    ("ThinEventType", "EventType"),
];

/// The payload types of one sender.
struct Sender {
    name: &'static str,
    /// The source texts with its structs.
    sources: &'static [&'static str],
    /// Its enums, as TypeScript.
    unions: String,
    /// Its event types, each with the type of the body.
    known: Vec<(&'static str, String)>,
    /// The type of the body for an event type that is not listed.
    unknown: String,
    /// The type of the body for an event without a type.
    untyped: String,
}

/// The TypeScript unions for enums of a module.
macro_rules! unions {
    ($module:path: $($name:ident),+) => {{
        use $module::{$($name),+};
        [$(union(stringify!($name), $name::ALL.iter().map($name::as_str))),+].concat()
    }};
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    writeln!(out, "// Generated from the core's payload types when the package is built.")?;
    for sender in [flexprice(), flash(), flash_vault(), subscribeflow(), resend(), stripe()] {
        sender.print(&mut out)?;
    }
    Ok(())
}

fn flexprice() -> Sender {
    let shapes = flexprice::EventType::ALL.iter().filter_map(flexprice::EventType::shape);
    let shapes: BTreeSet<_> = shapes.map(|shape| format!("{shape:?}")).collect();
    Sender {
        name: "flexprice",
        sources: &[
            include_str!("../../../src/senders/flexprice/entity.rs"),
            include_str!("../../../src/senders/flexprice/invoice.rs"),
            include_str!("../../../src/senders/flexprice/payload.rs"),
        ],
        unions: unions!(
            flexprice: AlertState,
            CheckoutAction,
            CheckoutStatus,
            CreditNoteStatus,
            CreditNoteType,
            FeatureType,
            GrantAlertType,
            InvoiceStatus,
            InvoiceType,
            PauseStatus,
            PaymentStatus,
            RejectionReason,
            SpendAlertType,
            SubscriptionStatus,
            SubscriptionType,
            TransactionStatus,
            TransactionType,
            WalletStatus,
            WalletType
        ),
        known: listed(flexprice::EventType::ALL, flexprice::EventType::as_str, |kind, name| {
            Some(format!("{:?} & {{ event_type: {name:?} }}", kind.shape()?))
        }),
        unknown: "{ event_type?: string | null; [member: string]: unknown }".into(),
        untyped: shapes.into_iter().collect::<Vec<_>>().join(" | "),
    }
}

fn flash() -> Sender {
    Sender {
        name: "flash",
        sources: &[include_str!("../../../src/senders/flash/payload.rs")],
        unions: String::new(),
        known: listed(flash::EventType::ALL, flash::EventType::as_str, |_, name| {
            Some(format!("Payload & {{ eventType?: {{ name: {name:?} }} | null }}"))
        }),
        unknown: "Payload".into(),
        untyped: "Unknown".into(),
    }
}

fn flash_vault() -> Sender {
    Sender {
        name: "flashVault",
        sources: &[include_str!("../../../src/senders/flash/vault.rs")],
        unions: String::new(),
        known: listed(flash::vault::EventType::ALL, flash::vault::EventType::as_str, |_, name| {
            Some(format!("Payload & {{ event: {name:?} }}"))
        }),
        unknown: "Payload".into(),
        untyped: "Unknown".into(),
    }
}

fn subscribeflow() -> Sender {
    Sender {
        name: "subscribeflow",
        sources: &[include_str!("../../../src/senders/subscribeflow/payload.rs")],
        unions: String::new(),
        known: listed(subscribeflow::EventType::ALL, subscribeflow::EventType::as_str, |kind, name| {
            Some(format!("Payload<{:?}> & {{ type: {name:?} }}", kind.subject()?))
        }),
        unknown: "Payload<unknown>".into(),
        untyped: "Unknown".into(),
    }
}

fn resend() -> Sender {
    Sender {
        name: "resend",
        sources: &[
            include_str!("../../../src/senders/resend/payload.rs"),
            include_str!("../../../src/senders/resend/inbox.rs"),
        ],
        unions: unions!(
            resend: BounceSubType,
            BounceType,
            DomainStatus,
            DraftType,
            EmailDirection,
            InboxFolder,
            InboxSource,
            Subscription,
            SuppressionOrigin,
            WithholdingType
        ),
        known: listed(resend::EventType::ALL, resend::EventType::as_str, |kind, name| {
            Some(format!("Payload<{:?}> & {{ type: {name:?} }}", kind.subject()?))
        }),
        unknown: "Payload<unknown>".into(),
        untyped: "Unknown".into(),
    }
}

fn stripe() -> Sender {
    Sender {
        name: "stripe",
        sources: &[include_str!("../../../src/senders/stripe/payload.rs")],
        unions: String::new(),
        known: [
            listed(stripe::EventType::ALL, stripe::EventType::as_str, |_, name| {
                Some(format!("Event & {{ type: {name:?} }}"))
            }),
            listed(stripe::ThinEventType::ALL, stripe::ThinEventType::as_str, |_, name| {
                Some(format!("ThinEvent & {{ type: {name:?} }}"))
            }),
        ]
        .concat(),
        unknown: "Event | ThinEvent".into(),
        untyped: "Unknown".into(),
    }
}

/// Pairs each event type with the type of its body. `body` returns nothing for an event type without one.
fn listed<T>(
    all: &'static [T],
    text: fn(&T) -> &str,
    body: impl Fn(&T, &str) -> Option<String>,
) -> Vec<(&'static str, String)> {
    all.iter().filter_map(|kind| Some((text(kind), body(kind, text(kind))?))).collect()
}

/// A union of the known values that also accepts any other string. Editors still suggest the known values.
fn union<'a>(name: &str, texts: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<_> = texts.map(|text| format!("{text:?}")).collect();
    format!("export type {name} = {} | (string & {{}});\n", known.join(" | "))
}

impl Sender {
    fn print(&self, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
        writeln!(out, "\nexport declare namespace {} {{", self.name)?;
        let mut language = TypeScript {
            type_mappings: ALIASES.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            no_version_header: true,
            ..TypeScript::default()
        };
        for source in self.sources {
            language.generate_types(out, &CrateTypes::new(), structs(source)?)?;
        }
        writeln!(out, "{}", self.unions)?;
        writeln!(out, "/** The type of an event. */\nexport type EventType = keyof Known | (string & {{}});\n")?;
        writeln!(out, "/** The body for each listed event type. */\nexport interface Known {{")?;
        for (kind, body) in &self.known {
            writeln!(out, "\t{kind:?}: {body};")?;
        }
        writeln!(out, "}}\n\n/** The body for an event type that is not listed. */")?;
        writeln!(out, "export type Unknown = {};\n", self.unknown)?;
        writeln!(out, "/** The body for an event without a type. */")?;
        writeln!(out, "export type Untyped = {};\n}}", self.untyped)?;
        Ok(())
    }
}

/// The structs of a source text, with the field types of the values that `json()` returns.
fn structs(source: &str) -> Result<ParsedData, Box<dyn Error>> {
    let file = ParseFileContext {
        source_code: source.into(),
        crate_name: CrateName::from("countersign".to_owned()),
        file_name: String::new(),
        file_path: PathBuf::new(),
    };
    let mut data = parse(&ParseContext::default(), file).map_err(|error| error.to_string())?.unwrap_or_default();
    if let Some(error) = data.errors.first() {
        return Err(error.error.clone().into());
    }
    for field in data.structs.iter_mut().flat_map(|parsed| &mut parsed.fields) {
        field.ty = json_type(field.ty.clone());
    }
    Ok(data)
}

/// The type of a field in JSON. It adds two rules that typeshare lacks: serde reads `null` as a missing member, and
/// `BTreeMap` is a map.
fn json_type(ty: RustType) -> RustType {
    match ty {
        RustType::Special(SpecialRustType::Option(inner)) => {
            let nullable = SpecialRustType::Option(json_type(*inner).into());
            RustType::Special(SpecialRustType::Option(RustType::Special(nullable).into()))
        }
        RustType::Generic { id, parameters } if id == "BTreeMap" => match <[RustType; 2]>::try_from(parameters) {
            Ok([key, value]) => RustType::Special(SpecialRustType::HashMap(key.into(), value.into())),
            Err(parameters) => RustType::Generic { id, parameters },
        },
        other => other,
    }
}

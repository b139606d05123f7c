//! Prints the core's schemes as the TypeScript module `dist/generated/schemes.ts`, so that the package has the names and
//! properties of senders from one source.

use countersign::scheme::{Authenticated, Confirmed, Scheme};
use countersign::senders::ALL;
use serde::Serialize;

fn main() -> Result<(), serde_json::Error> {
    println!("// Generated from the core's schemes when the package is built.");
    println!("export const schemes = [");
    for scheme in ALL {
        println!("  {},", serde_json::to_string(&Entry::from(scheme))?);
    }
    println!("] as const;");
    println!("/** The descriptions that the core reads, by the name of the scheme. */");
    println!("export const descriptions: Readonly<Record<string, string>> = {{");
    for scheme in ALL {
        println!("  {:?}: {},", scheme.name, serde_json::to_string(&description(scheme))?);
    }
    println!("}};");
    Ok(())
}

/// The description of a scheme, without the fields that only its entry in the list needs.
fn description(scheme: &Scheme) -> String {
    Scheme { title: scheme.name, docs: "", confirmed: Confirmed::Documented, ..*scheme }.to_json()
}

/// An entry of the list: `SchemeInfo` in `ts/api.ts`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the list of the package has these members")]
struct Entry {
    name: &'static str,
    title: &'static str,
    docs: &'static str,
    confirmed: &'static str,
    authenticated: &'static str,
    identifies_events: bool,
    signs_time: bool,
    signs_url: bool,
    signs_method: bool,
    key: &'static str,
    tolerance: Tolerance,
    headers: Vec<&'static str>,
}

#[derive(Serialize)]
struct Tolerance {
    past: u32,
    future: u32,
}

impl From<&Scheme> for Entry {
    fn from(scheme: &Scheme) -> Self {
        Self {
            name: scheme.name,
            title: scheme.title,
            docs: scheme.docs,
            confirmed: scheme.confirmed.name(),
            authenticated: match scheme.authenticated() {
                Authenticated::Content => "content",
                Authenticated::Sender => "sender",
            },
            identifies_events: scheme.identifies_events(),
            signs_time: scheme.signs_time(),
            signs_url: scheme.signs_url(),
            signs_method: scheme.signs_method(),
            key: scheme.key.name(),
            tolerance: Tolerance { past: scheme.tolerance.past, future: scheme.tolerance.future },
            headers: scheme.headers(),
        }
    }
}

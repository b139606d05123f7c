//! Prints the list of schemes as the TypeScript module that the package is built with, so that names and facts have
//! one source.

use countersign::scheme::{Authenticated, Confirmed, Scheme};
use countersign::senders::ALL;

fn main() {
    println!("// Made from the core's schemes when the package is built.");
    println!("export const schemes = [");
    for scheme in ALL {
        println!("  {},", entry(scheme));
    }
    println!("] as const;");
    println!("/** What the core reads, by the name of the scheme. */");
    println!("export const descriptions: Readonly<Record<string, string>> = {{");
    for scheme in ALL {
        println!("  {:?}: {:?},", scheme.name, description(scheme));
    }
    println!("}};");
}

/// The description without what is said in the entry.
fn description(scheme: &Scheme) -> String {
    Scheme { title: scheme.name, docs: "", confirmed: Confirmed::Documented, ..*scheme }.to_json()
}

fn entry(scheme: &Scheme) -> String {
    let headers: Vec<_> = scheme.headers().iter().map(|header| format!("{header:?}")).collect();
    format!(
        "{{ name: {:?}, title: {:?}, docs: {:?}, confirmed: {:?}, authenticated: {:?}, tellsEvents: {}, signsTime: {}, signsUrl: {}, signsMethod: {}, key: {:?}, tolerance: {{ past: {}, future: {} }}, headers: [{}] }}",
        scheme.name,
        scheme.title,
        scheme.docs,
        scheme.confirmed.name(),
        authenticated(scheme.authenticated()),
        scheme.identifies_events(),
        scheme.signs_time(),
        scheme.signs_url(),
        scheme.signs_method(),
        scheme.key.name(),
        scheme.tolerance.past,
        scheme.tolerance.future,
        headers.join(", "),
    )
}

const fn authenticated(authenticated: Authenticated) -> &'static str {
    match authenticated {
        Authenticated::Content => "content",
        Authenticated::Sender => "sender",
    }
}

//! The senders: one file per family, each with its [`Scheme`] constants and a link to the page that they follow.
//!
//! `tests/vectors` has a file for each of them. CONTRIBUTING.md shows how to add a sender.

#![allow(clippy::doc_markdown, reason = "names of senders look like code")]

// Listed here and not by the macro, because `cargo fmt` does not find modules inside macros.
mod ably;
mod acuity;
mod adyen;
mod aftership;
mod asana;
mod auth0;
mod bitbucket;
mod box_com;
mod btcpay;
mod buildkite;
mod cal_com;
mod calendly;
mod cashfree;
mod chargebee;
mod circleci;
mod clerk;
mod clickup;
mod cloudinary;
mod coinbase;
mod coinify;
mod common;
mod configcat;
mod cursor;
mod discord;
mod docuseal;
mod docusign;
mod dodo;
mod doppler;
mod dropbox;
mod easypost;
mod elevenlabs;
mod fastspring;
mod figma;
pub mod flash;
pub mod flexprice;
mod front;
mod fusionauth;
mod ghost;
mod gitea;
mod github;
mod gitlab;
mod gocardless;
mod grafana;
mod greenhouse;
mod hookdeck;
mod hubspot;
mod increase;
mod intercom;
mod knock;
mod lemonsqueezy;
mod line;
mod linear;
mod lithic;
mod livekit;
mod mailersend;
mod mailgun;
mod meta;
mod microsoft;
mod modern_treasury;
mod mollie;
mod mux;
mod notion;
mod onfido;
mod openai;
mod paddle;
mod pagerduty;
mod paystack;
mod plaid;
mod polar;
mod postmark;
mod pusher;
mod razorpay;
mod recurly;
mod replicate;
pub mod resend;
mod retell;
mod revenuecat;
mod sanity;
mod segment;
mod sendbird;
mod sendgrid;
mod sentry;
mod shopify;
mod shortcut;
mod slack;
mod sns;
mod snyk;
mod square;
mod standard;
mod stream;
pub mod stripe;
pub mod subscribeflow;
mod supabase;
mod telegram;
mod telnyx;
mod terraform;
mod trigger_dev;
mod twilio;
mod twitch;
mod typeform;
mod uploadcare;
mod vercel;
mod viber;
mod webflow;
mod woocommerce;
mod workos;
mod x;
mod xero;
mod zendesk;
mod zoom;

use crate::error::SchemeError;
use crate::scheme::Scheme;

/// Re-exports the constants of all families and lists them in [`ALL`].
macro_rules! families {
    ($($file:ident: $($scheme:ident),+;)+) => {
        $(pub use $file::{$($scheme),+};)+

        /// All senders.
        pub static ALL: &[Scheme] = &[$($($scheme),+),+];
    };
}

families! {
    standard: STANDARD, SVIX;
    flexprice: FLEXPRICE, FLEXPRICE_NATIVE, FLEXPRICE_NATIVE_TOKEN;
    flash: FLASH, FLASH_VAULT;
    subscribeflow: SUBSCRIBEFLOW;
    resend: RESEND;
    stripe: STRIPE;
    github: GITHUB;
    slack: SLACK;
    shopify: SHOPIFY;
    ably: ABLY;
    acuity: ACUITY;
    adyen: ADYEN, ADYEN_BANKING;
    aftership: AFTERSHIP;
    asana: ASANA;
    auth0: AUTH0;
    bitbucket: BITBUCKET;
    box_com: BOX;
    btcpay: BTCPAY;
    buildkite: BUILDKITE;
    cal_com: CAL_COM;
    calendly: CALENDLY;
    cashfree: CASHFREE;
    chargebee: CHARGEBEE;
    circleci: CIRCLECI;
    clerk: CLERK;
    clickup: CLICKUP;
    cloudinary: CLOUDINARY;
    coinbase: COINBASE_COMMERCE;
    coinify: COINIFY;
    configcat: CONFIGCAT;
    cursor: CURSOR;
    discord: DISCORD;
    docuseal: DOCUSEAL;
    docusign: DOCUSIGN;
    dodo: DODO;
    doppler: DOPPLER;
    dropbox: DROPBOX;
    easypost: EASYPOST;
    elevenlabs: ELEVENLABS;
    fastspring: FASTSPRING;
    figma: FIGMA;
    front: FRONT, FRONT_RULE;
    fusionauth: FUSIONAUTH;
    ghost: GHOST;
    gitea: GITEA;
    gitlab: GITLAB, GITLAB_SIGNED;
    gocardless: GOCARDLESS;
    grafana: GRAFANA, GRAFANA_TIMESTAMPED;
    greenhouse: GREENHOUSE;
    hookdeck: HOOKDECK;
    hubspot: HUBSPOT, HUBSPOT_V1, HUBSPOT_V2;
    increase: INCREASE;
    intercom: INTERCOM;
    knock: KNOCK;
    lemonsqueezy: LEMONSQUEEZY;
    line: LINE;
    linear: LINEAR;
    lithic: LITHIC;
    livekit: LIVEKIT;
    mailersend: MAILERSEND;
    mailgun: MAILGUN;
    meta: META;
    microsoft: MICROSOFT_GRAPH;
    modern_treasury: MODERN_TREASURY;
    mollie: MOLLIE;
    mux: MUX;
    notion: NOTION;
    onfido: ONFIDO;
    openai: OPENAI;
    paddle: PADDLE;
    pagerduty: PAGERDUTY;
    paystack: PAYSTACK;
    plaid: PLAID;
    polar: POLAR, POLAR_LEGACY;
    postmark: POSTMARK;
    pusher: PUSHER;
    razorpay: RAZORPAY;
    recurly: RECURLY;
    replicate: REPLICATE;
    retell: RETELL;
    revenuecat: REVENUECAT_TOKEN;
    sanity: SANITY;
    segment: SEGMENT;
    sendbird: SENDBIRD;
    sendgrid: SENDGRID;
    sentry: SENTRY;
    shortcut: SHORTCUT;
    sns: SNS;
    snyk: SNYK;
    square: SQUARE;
    stream: STREAM;
    supabase: SUPABASE;
    telegram: TELEGRAM;
    telnyx: TELNYX;
    terraform: TERRAFORM_CLOUD;
    trigger_dev: TRIGGER_DEV;
    twilio: TWILIO;
    twitch: TWITCH;
    typeform: TYPEFORM;
    uploadcare: UPLOADCARE;
    vercel: VERCEL;
    viber: VIBER;
    webflow: WEBFLOW;
    woocommerce: WOOCOMMERCE;
    workos: WORKOS;
    x: X;
    xero: XERO;
    zendesk: ZENDESK;
    zoom: ZOOM;
}

// An unsound scheme does not compile.
const _: () = {
    let mut rest = ALL;
    while let [scheme, tail @ ..] = rest {
        assert!(scheme.is_sound(), "a scheme in ALL is not sound");
        rest = tail;
    }
};

impl Scheme {
    /// The scheme with a name, such as `stripe`.
    ///
    /// # Errors
    ///
    /// [`SchemeError::Unknown`] if no scheme has this name. Names are case-sensitive.
    pub fn named(name: &str) -> Result<&'static Self, SchemeError> {
        ALL.iter().find(|scheme| scheme.name == name).ok_or(SchemeError::Unknown)
    }
}

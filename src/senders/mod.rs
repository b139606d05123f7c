//! The senders: one file per family, each with its [`Scheme`] constants and a link to the page that they follow.
//!
//! To add a sender: write its constant in a file of its own, add one line to the list below, and put its vectors into
//! `tests/vectors`. CONTRIBUTING.md shows an example. Types for the bodies of a sender are in the sender's module.

#![allow(clippy::doc_markdown, reason = "names of senders look like code")]

use crate::error::SchemeError;
use crate::scheme::Scheme;

mod common;

/// Declares the file of every sender, exports its constants and lists them in [`ALL`].
///
/// `cargo fmt` does not look for files inside macros, so `npm run format` and `npm test` pass it the files.
macro_rules! senders {
    ($($vis:vis $file:ident: $($scheme:ident),+;)+) => {
        $(
            $vis mod $file;
            pub use $file::{$($scheme),+};
        )+

        /// All senders.
        pub static ALL: &[Scheme] = &[$($($scheme),+),+];
    };
}

// The name of the file, then its constants. A module with types for the sender's bodies is public.
senders! {
    standard: STANDARD, SVIX;
    pub flexprice: FLEXPRICE, FLEXPRICE_NATIVE, FLEXPRICE_NATIVE_TOKEN;
    pub flash: FLASH, FLASH_VAULT;
    pub subscribeflow: SUBSCRIBEFLOW;
    pub resend: RESEND;
    pub stripe: STRIPE;
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
    event_grid: EVENT_GRID;
    fastspring: FASTSPRING;
    figma: FIGMA;
    front: FRONT, FRONT_RULE;
    fusionauth: FUSIONAUTH;
    ghost: GHOST;
    gitea: GITEA, FORGEJO, GOGS;
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
    logto: LOGTO;
    mailersend: MAILERSEND;
    mailgun: MAILGUN, MAILGUN_ROUTE;
    mandrill: MANDRILL;
    meta: META;
    microsoft: MICROSOFT_GRAPH;
    modern_treasury: MODERN_TREASURY;
    mollie: MOLLIE;
    mux: MUX;
    notion: NOTION;
    nylas: NYLAS;
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
    revenuecat: REVENUECAT, REVENUECAT_TOKEN;
    sanity: SANITY;
    segment: SEGMENT;
    sendbird: SENDBIRD;
    sendgrid: SENDGRID;
    sentry: SENTRY;
    shortcut: SHORTCUT;
    sns: SNS;
    smartcar: SMARTCAR;
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

// A description that contradicts itself does not compile.
const _: () = {
    let mut rest = ALL;
    while let [scheme, tail @ ..] = rest {
        assert!(scheme.is_sound(), "a scheme in ALL is not sound");
        rest = tail;
    }
};

impl Scheme {
    /// Returns the scheme with this name, for example `stripe`. Names are compared exactly.
    ///
    /// # Errors
    ///
    /// [`SchemeError::Unknown`] if no scheme has this name.
    pub fn named(name: &str) -> Result<&'static Self, SchemeError> {
        ALL.iter().find(|scheme| scheme.name == name).ok_or(SchemeError::Unknown)
    }
}

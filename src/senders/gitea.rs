//! Gitea, Forgejo and Gogs: code hosting. The first two descend from the third and sign like it.

use super::common::{hex, signed};
use crate::scheme::{Form, Format, Header, Part, Scheme, Signature, Tag, TagPlace, Unsigned};

/// The event's type is in an unsigned header.
///
/// <https://docs.gitea.com/usage/webhooks>
pub const GITEA: Scheme = Scheme {
    name: "gitea",
    title: "Gitea",
    docs: "https://docs.gitea.com/usage/webhooks",
    unsigned: Unsigned { id: &["x-gitea-delivery"], kind: &["x-gitea-event"] },
    ..over_payload(&["x-gitea-signature"])
};

/// Forgejo sends each header under Gitea's name, too. The event's type is in an unsigned header.
///
/// <https://forgejo.org/docs/latest/user/webhooks/>
pub const FORGEJO: Scheme = Scheme {
    name: "forgejo",
    title: "Forgejo",
    docs: "https://forgejo.org/docs/latest/user/webhooks/",
    unsigned: Unsigned { id: &["x-forgejo-delivery", "x-gitea-delivery"], kind: &["x-forgejo-event", "x-gitea-event"] },
    ..over_payload(&["x-forgejo-signature", "x-gitea-signature"])
};

/// The event's type is in an unsigned header.
///
/// <https://gogs.io/advancing/webhooks>
pub const GOGS: Scheme = Scheme {
    name: "gogs",
    title: "Gogs",
    docs: "https://gogs.io/advancing/webhooks",
    unsigned: Unsigned { id: &["x-gogs-delivery"], kind: &["x-gogs-event"] },
    ..over_payload(&["x-gogs-signature"])
};

const TAGS: &[Tag] = &[hex("")];

/// The JSON is signed, and the user chooses whether it is the body or the only field of a form.
const fn over_payload(header: Header) -> Scheme {
    Scheme {
        payload: Format::JsonOrField("payload"),
        ..signed(Signature {
            place: TagPlace::Header(header),
            form: Form::Whole,
            tags: TAGS,
            content: &[Part::Payload],
            timestamp: None,
        })
    }
}

//! The data of Resend's events about inboxes.
//!
//! The members follow the types of resend-node 6.38.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use typeshare_annotation::typeshare;

use crate::open_enum::open_enum;
use crate::payload::{Integer, Timestamp};

/// An inbox, in `inbox.created`, `inbox.updated` and `inbox.deleted`.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Inbox {
    /// The inbox's id.
    pub inbox_id: String,
    /// The part of Resend through which the change was made.
    pub source: Option<InboxSource>,
    /// The inbox as it is now. It is missing from a deletion.
    pub inbox: Option<InboxDetails>,
}

open_enum! {
    /// The parts of Resend through which an inbox is changed.
    pub enum InboxSource {
        Api = "api",
        Dashboard = "dashboard",
        Agent = "agent",
        System = "system",
    }
}

/// The properties of an inbox.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct InboxDetails {
    /// The kind of this object: an inbox.
    #[typeshare(typescript(type = "\"inbox\""))]
    pub object: Option<String>,
    /// The inbox's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The email address.
    pub email_address: Option<String>,
    /// The id of the address's domain.
    pub domain_id: Option<String>,
    /// The address at which it receives email.
    pub receiving_address: Option<String>,
    /// The sender's name in its email.
    pub from_name: Option<String>,
    /// The number of unread threads.
    pub unread: Option<Integer>,
    /// The number of drafts.
    pub drafts: Option<Integer>,
    /// When it last received an email.
    pub last_received: Option<Timestamp>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was changed.
    pub updated_at: Option<Timestamp>,
}

/// A thread of an inbox, in `inbox.thread.*`.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct InboxThread {
    /// The inbox's id.
    pub inbox_id: String,
    /// The thread's id.
    pub thread_id: String,
    /// The part of Resend through which the change was made.
    pub source: Option<InboxSource>,
    /// The thread as it is now.
    pub thread: Option<ThreadDetails>,
    /// For `inbox.thread.created`: the id of the first email.
    pub email_id: Option<String>,
    /// For `inbox.thread.created`: the first email.
    pub email: Option<InboxEmailDetails>,
    /// For `inbox.thread.folder.updated`: the folder before.
    pub from: Option<InboxFolder>,
    /// For `inbox.thread.folder.updated`: the folder now.
    pub to: Option<InboxFolder>,
    /// For `inbox.thread.assigned`: the address of the person who has the thread now.
    pub assignee_email: Option<String>,
    /// For `inbox.thread.assigned`: the address of the person who assigned it.
    pub assigned_by_email: Option<String>,
    /// For `inbox.thread.assigned` and `inbox.thread.unassigned`: the address of the person who had the thread before.
    pub previous_assignee_email: Option<String>,
    /// For `inbox.thread.labels.updated`: the labels that were added.
    pub added: Option<Vec<ThreadLabel>>,
    /// For `inbox.thread.labels.updated`: the labels that were removed.
    pub removed: Option<Vec<ThreadLabel>>,
}

open_enum! {
    /// The folders of an inbox.
    pub enum InboxFolder {
        Inbox = "inbox",
        Archive = "archive",
        Spam = "spam",
        Sent = "sent",
        Trash = "trash",
    }
}

/// The properties of a thread.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ThreadDetails {
    /// The kind of this object: a thread.
    #[typeshare(typescript(type = "\"inbox_thread\""))]
    pub object: Option<String>,
    /// The thread's id.
    pub id: String,
    /// The subject line.
    pub subject: Option<String>,
    /// The folder that it is in.
    pub folder: Option<InboxFolder>,
    /// Its labels.
    pub labels: Option<Vec<ThreadLabel>>,
    /// Whether it was read.
    pub read: Option<bool>,
}

/// A label of a thread.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ThreadLabel {
    /// The label's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The colour, as `#RRGGBB`.
    pub color: Option<String>,
}

/// An email of an inbox, in `inbox.email.received` and `inbox.email.sent`.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct InboxEmail {
    /// The inbox's id.
    pub inbox_id: String,
    /// The id of the email's thread.
    pub thread_id: Option<String>,
    /// The email's id.
    pub email_id: String,
    /// The part of Resend through which the email was sent.
    pub source: Option<InboxSource>,
    /// The thread as it is now.
    pub thread: Option<ThreadDetails>,
    /// The email, without its content.
    pub email: Option<InboxEmailDetails>,
}

/// The properties of an email of an inbox.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct InboxEmailDetails {
    /// The email's id.
    pub id: String,
    /// Whether it was received or sent.
    pub direction: Option<EmailDirection>,
    /// The sender's address.
    pub from: Option<String>,
    /// The addresses in `To`.
    pub to: Option<Vec<String>>,
    /// The addresses in `Cc`.
    pub cc: Option<Vec<String>>,
    /// The addresses in `Bcc`.
    pub bcc: Option<Vec<String>>,
    /// The addresses in `Reply-To`.
    pub reply_to: Option<Vec<String>>,
    /// The subject line.
    pub subject: Option<String>,
    /// The `Message-ID` header.
    pub message_id: Option<String>,
    /// The attachments, without their content.
    pub attachments: Option<Vec<InboxAttachment>>,
    /// Whether it was read.
    pub read: Option<bool>,
    /// When it was received or sent.
    pub received_at: Option<Timestamp>,
}

open_enum! {
    /// The directions of an email.
    pub enum EmailDirection {
        Inbound = "inbound",
        Outbound = "outbound",
    }
}

/// An attachment of an email or draft of an inbox.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct InboxAttachment {
    /// The attachment's id.
    pub id: String,
    /// Its file name.
    pub filename: Option<String>,
    /// Its media type, for a draft's attachment.
    pub content_type: Option<String>,
    /// Its size in bytes.
    pub size: Option<Integer>,
}

/// A draft of an inbox, in `inbox.draft.*`.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct InboxDraft {
    /// The inbox's id.
    pub inbox_id: String,
    /// The draft's id.
    pub draft_id: String,
    /// The id of the thread that it replies to.
    pub thread_id: Option<String>,
    /// The part of Resend through which the change was made.
    pub source: Option<InboxSource>,
    /// The thread as it is now.
    pub thread: Option<ThreadDetails>,
    /// The draft, without its content.
    pub draft: Option<DraftDetails>,
    /// For `inbox.draft.sent`: the id of the email that was sent.
    pub email_id: Option<String>,
    /// For `inbox.draft.sent`: the email that was sent.
    pub email: Option<InboxEmailDetails>,
}

/// The properties of a draft.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct DraftDetails {
    /// The kind of this object: a draft.
    #[typeshare(typescript(type = "\"inbox_draft\""))]
    pub object: Option<String>,
    /// The draft's id.
    pub id: String,
    /// Whether it replies to a thread.
    #[serde(rename = "type")]
    pub kind: Option<DraftType>,
    /// The addresses in `To`.
    pub to: Option<Vec<String>>,
    /// The addresses in `Cc`.
    pub cc: Option<Vec<String>>,
    /// The addresses in `Bcc`.
    pub bcc: Option<Vec<String>>,
    /// The subject line.
    pub subject: Option<String>,
    /// The id of the thread that it replies to.
    pub thread_id: Option<String>,
    /// The id of the email that it replies to.
    pub reply_to_email_id: Option<String>,
    /// The id of the email that was sent.
    pub email_id: Option<String>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was changed.
    pub updated_at: Option<Timestamp>,
    /// The attachments, without their content.
    pub attachments: Option<Vec<InboxAttachment>>,
}

open_enum! {
    /// The kinds of drafts.
    pub enum DraftType {
        Standalone = "standalone",
        Reply = "reply",
    }
}

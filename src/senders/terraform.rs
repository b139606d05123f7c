//! Terraform: infrastructure runs.

use super::common::{over_body, signed};
use crate::scheme::{Algorithm, Encoding, Scheme, Tag};

/// For notification configurations with a token. Terraform Enterprise signs in the same way.
///
/// <https://developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations#notification-authenticity>
pub const TERRAFORM_CLOUD: Scheme = Scheme {
    name: "terraform-cloud",
    title: "HCP Terraform",
    docs: "https://developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations#notification-authenticity",
    kind: &["/notifications/0/trigger", "/trigger"],
    ..signed(over_body(
        &["x-tfe-notification-signature"],
        &[Tag { label: "", algorithm: Algorithm::HmacSha512, encoding: Encoding::Hex }],
    ))
};

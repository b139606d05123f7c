//! Grafana: alerting. The documentation and the code give different default names to the header with the signature.

use super::common::{TIME_COLON_BODY, hex, over_body, signed, with_time_header};
use crate::scheme::{Header, Scheme, Unit};

/// For contact points with the default name of the signature header and without a header for the time.
///
/// <https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/>
pub const GRAFANA: Scheme = Scheme {
    name: "grafana",
    title: "Grafana Alerting",
    docs: "https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/",
    kind: &["/status"],
    ..signed(over_body(SIGNATURES, &[hex("")]))
};

/// For contact points with a header for the time. It has no default name: set it to `X-Grafana-Alerting-Timestamp`, or to
/// `X-Grafana-Alert-Timestamp` if the signature is in `X-Grafana-Alert-Signature`.
///
/// <https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/>
pub const GRAFANA_TIMESTAMPED: Scheme = Scheme {
    name: "grafana-timestamped",
    title: "Grafana Alerting (with a timestamp)",
    docs: "https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/",
    kind: &["/status"],
    ..signed(with_time_header(
        SIGNATURES,
        &["x-grafana-alerting-timestamp", "x-grafana-alert-timestamp"],
        Unit::Seconds,
        &[hex("")],
        TIME_COLON_BODY,
    ))
};

/// The first name is in the documentation, the second in
/// <https://github.com/grafana/alerting/blob/main/http/hmac.go>.
const SIGNATURES: Header = &["x-grafana-alerting-signature", "x-grafana-alert-signature"];

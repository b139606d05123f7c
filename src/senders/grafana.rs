//! Grafana: alerting.

use super::common::{TIME_COLON_BODY, hex, over_body, signed, with_time_header};
use crate::scheme::{Scheme, Unit};

/// For contact points with the default name of the signature header and without a header for the time.
///
/// <https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/>
pub const GRAFANA: Scheme = Scheme {
    name: "grafana",
    title: "Grafana Alerting",
    docs: "https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/",
    kind: &["/status"],
    ..signed(over_body(&["x-grafana-alerting-signature"], &[hex("")]))
};

/// For contact points with a header for the time. It has no default name: set it to `X-Grafana-Alerting-Timestamp`.
///
/// <https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/>
pub const GRAFANA_TIMESTAMPED: Scheme = Scheme {
    name: "grafana-timestamped",
    title: "Grafana Alerting (with a timestamp)",
    docs: "https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/",
    kind: &["/status"],
    ..signed(with_time_header(
        &["x-grafana-alerting-signature"],
        &["x-grafana-alerting-timestamp"],
        Unit::Seconds,
        &[hex("")],
        TIME_COLON_BODY,
    ))
};

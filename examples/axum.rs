//! An axum server with one webhook endpoint: `POST /hooks` answers 200 to a genuine delivery and 401 to any other.

use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use countersign::senders::STRIPE;
use countersign::{Delivery, UnixTime, Verifier};

/// Takes the body as raw bytes. The `Json` extractor would parse it, and the signature is over the bytes.
async fn receive(State(verifier): State<Arc<Verifier>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Ok(since_1970) = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) else {
        return StatusCode::INTERNAL_SERVER_ERROR;
    };
    let now = UnixTime::from_secs(since_1970.as_secs());
    let verified = match verifier.verify(Delivery::new(&headers, &body), now) {
        Ok(verified) => verified,
        Err(rejection) => {
            eprintln!("{}: {rejection}", rejection.code());
            return StatusCode::UNAUTHORIZED;
        }
    };
    match verified.decode() {
        Ok(event) => {
            println!("{} {}", event.kind.unwrap_or_default(), event.id);
            StatusCode::OK
        }
        Err(error) => {
            eprintln!("{}: {error}", error.code());
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}

/// The endpoint, with a verifier that is made once and shared by all requests.
pub(crate) fn app(verifier: Verifier) -> Router {
    Router::new().route("/hooks", post(receive)).with_state(Arc::new(verifier))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let verifier = Verifier::new(&STRIPE, [std::env::var("STRIPE_SECRET")?])?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
        axum::serve(listener, app(verifier)).await
    })?;
    Ok(())
}

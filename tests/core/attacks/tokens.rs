//! JSON Web Tokens that ask for something else than a verification with the receiver's key.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use countersign::senders::{FLASH, FUSIONAUTH};
use countersign::{Delivery, Key, Scheme, Verifier};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};

use crate::shared::TEXT_KEY;
use crate::support::{BODY, Headers, NOW, code_with};

/// The claims of a token that is valid for a minute.
const CLAIMS: &str = r#"{"exp":1700000060}"#;

fn tag<M: Mac + KeyInit>(signed: &str) -> Vec<u8> {
    tag_with::<M>(TEXT_KEY.as_bytes(), signed)
}

fn tag_with<M: Mac + KeyInit>(secret: &[u8], signed: &str) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(secret).unwrap();
    mac.update(signed.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// A token of these texts, with the tag that `sign` makes.
fn token_with(header: &str, claims: &str, sign: impl Fn(&str) -> Vec<u8>) -> String {
    let [header, claims] = [header, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
    let signed = format!("{header}.{claims}");
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(sign(&signed)))
}

fn sent(token: &str) -> Headers {
    vec![("authorization".to_owned(), format!("Bearer {token}"))]
}

/// The verdict on a token of HS256 for Flash.
fn code_of(header: &str, claims: &str) -> &'static str {
    let verifier = Verifier::new(&FLASH, [TEXT_KEY]).unwrap();
    code_with(&verifier, &sent(&token_with(header, claims, tag::<Hmac<Sha256>>)), b"", NOW)
}

/// Threat model: A-50.
#[test]
fn a_token_is_verified_with_the_algorithm_of_the_key_only() {
    assert_eq!(code_of(r#"{"alg":"HS256"}"#, CLAIMS), "valid");
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"HS384"}"#,
        r#"{"alg":"HS512"}"#,
        r#"{"alg":"RS256"}"#,
        r#"{"alg":"hs256"}"#,
        r#"{"alg":""}"#,
        r#"{"alg":["HS256"]}"#,
        r"{}",
    ] {
        assert_eq!(code_of(header, CLAIMS), "unsupported_signature", "{header}");
    }
}

/// A function that makes the tag of a text.
type Sign = fn(&str) -> Vec<u8>;

/// Threat model: A-50.
#[test]
fn a_secret_verifies_each_hash_function_of_its_scheme_and_no_tag_of_a_different_one() {
    let scheme = Scheme::from_json(
        r#"{"name":"tokens","token":{"header":"authorization","algorithms":["hmac-sha256","hmac-sha384","hmac-sha512"],
            "validity":{"expiry":3600}},"key":"text","id":"digest"}"#,
    )
    .unwrap();
    let verifier = Verifier::new(&scheme, [TEXT_KEY]).unwrap();
    let signers: [(&str, Sign); 3] =
        [("HS256", tag::<Hmac<Sha256>>), ("HS384", tag::<Hmac<Sha384>>), ("HS512", tag::<Hmac<Sha512>>)];
    for (name, _) in signers {
        for (other, sign) in signers {
            for length in [32, 48, 64] {
                let short = |signed: &str| sign(signed).into_iter().take(length).collect();
                let token = token_with(&format!(r#"{{"alg":"{name}"}}"#), CLAIMS, short);
                let code = code_with(&verifier, &sent(&token), b"", NOW);
                let is_genuine = name == other && sign("").len() <= length;
                assert_eq!(code == "valid", is_genuine, "{name} by {other}, {length} bytes: {code}");
            }
        }
    }
}

/// Threat model: A-50.
#[test]
fn an_algorithm_that_is_not_supported_is_named() {
    for name in ["ES384", "ES512"] {
        let token = token_with(&format!(r#"{{"alg":"{name}"}}"#), CLAIMS, |_| vec![1; 96]);
        let verifier = Verifier::new(&FUSIONAUTH, [TEXT_KEY]).unwrap();
        let headers = [("x-fusionauth-signature-jwt", token.as_bytes())];
        let rejection = verifier.verify(Delivery::new(headers, BODY), NOW).unwrap_err();
        assert_eq!(rejection.code(), "unsupported_signature");
        assert!(rejection.message().contains(name), "{rejection}");
    }
}

/// Threat model: A-52.
#[test]
fn a_token_that_asks_for_an_extension_is_rejected() {
    for extension in [r#""crit":["exp"]"#, r#""crit":[]"#, r#""crit":null"#, r#""b64":false"#, r#""zip":"DEF""#] {
        assert_eq!(code_of(&format!(r#"{{"alg":"HS256",{extension}}}"#), CLAIMS), "malformed_token", "{extension}");
    }
}

/// Flash's tokens are valid for an hour, and clocks may differ by a minute.
///
/// Threat model: A-54.
#[test]
fn every_time_claim_of_a_token_is_checked() {
    for (claims, expected) in [
        (r#"{"exp":1700003660}"#, "valid"),
        (r#"{"exp":1700003661}"#, "premature"),
        (r#"{"exp":253402300799}"#, "premature"),
        (r#"{"exp":1699999940}"#, "valid"),
        (r#"{"exp":1699999939}"#, "stale"),
        (r"{}", "malformed_token"),
        (r#"{"exp":null}"#, "malformed_token"),
        (r#"{"exp":1e12}"#, "malformed_token"),
        (r#"{"exp":1700000060,"nbf":1700000060}"#, "valid"),
        (r#"{"exp":1700000060,"nbf":1700000061}"#, "premature"),
        (r#"{"exp":1700000060,"nbf":"1700000000"}"#, "malformed_token"),
        (r#"{"exp":1700000060,"iat":1700000060}"#, "valid"),
        (r#"{"exp":1700000060,"iat":1700000061}"#, "premature"),
        (r#"{"exp":1700000060,"exp":1700000061}"#, "malformed_token"),
    ] {
        assert_eq!(code_of(r#"{"alg":"HS256"}"#, claims), expected, "{claims}");
    }
}

/// Threat model: A-50, A-51.
#[test]
fn a_key_pair_never_verifies_an_hmac_and_a_secret_never_a_public_key_signature() {
    // RFC 8410, section 10.1.
    let public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----";
    let [pair, secret] = [public, TEXT_KEY].map(|text| Key::parse(&FUSIONAUTH, text).unwrap());
    for alg in ["HS256", "HS384", "HS512", "EdDSA", "Ed25519", "RS256", "RS384", "RS512", "ES256"] {
        for length in [32, 48, 64, 256] {
            let token = token_with(&format!(r#"{{"alg":"{alg}"}}"#), "{}", |_| vec![1; length]);
            let headers = vec![("x-fusionauth-signature-jwt".to_owned(), token)];
            for key in [&pair, &secret] {
                let verifier = Verifier::with_keys(&FUSIONAUTH, vec![key.clone()]).unwrap();
                assert_ne!(code_with(&verifier, &headers, BODY, NOW), "valid", "{alg} {length}");
            }
        }
    }
    for tag in [tag_with::<Hmac<Sha256>>, tag_with::<Hmac<Sha384>>, tag_with::<Hmac<Sha512>>] {
        for alg in ["HS256", "HS384", "HS512", "EdDSA", "Ed25519"] {
            let token = token_with(&format!(r#"{{"alg":"{alg}"}}"#), "{}", |signed| tag(public.as_bytes(), signed));
            let headers = vec![("x-fusionauth-signature-jwt".to_owned(), token)];
            let verifier = Verifier::with_keys(&FUSIONAUTH, vec![pair.clone()]).unwrap();
            assert_ne!(code_with(&verifier, &headers, BODY, NOW), "valid", "{alg}");
        }
    }
}

//! What is to be signed becomes an action, is judged, and is carried out at most once.

use super::{fault::Fault, line::Line, message::Asked, remembered::Name};
use portcullis_firewall::{
    canonical,
    error::GateError,
    firewall::{Acted, Firewall},
    order::Ended,
    outside::{Intent, Misfit, Wish},
    principal::Principal,
    request::{self, Request},
    turn::Claim,
};
use portcullis_policy::id::TenantId;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

impl Line {
    /// Has a wish judged, and carries it out when it may happen at once, or when the very same wish was
    /// released by people.
    ///
    /// Fails closed: an error means that nothing was signed, unless its code is `execution.unsealed`.
    pub(super) async fn grant(
        &self,
        firewall: &Firewall,
        principal: &Principal,
        asked: &Asked,
    ) -> Result<Value, Fault> {
        let name = self.name(principal, asked);
        let now = firewall.now().as_second();
        let intent = match self.wishes.find(&name, now) {
            Some(intent) => intent,
            None => match self.intended((firewall, &principal.tenant), asked).await {
                Ok(intent) => intent,
                Err(fault) => return Err(self.noted(firewall, principal, (asked, fault)).await),
            },
        };
        let request = match request(firewall, principal, &intent) {
            Err(error @ GateError::Invalid(_)) => {
                let fault = error.into();
                return Err(self.noted(firewall, principal, (asked, fault)).await);
            }
            request => request?,
        };
        if let Some(hold) = firewall.released_hold(principal, &request).await? {
            self.wishes.forget(&name);
            let acted = firewall.act(principal, Claim::Hold(hold.id)).await?;
            return answer(asked, &acted);
        }
        let attended = match firewall.attend(principal, request).await {
            Ok(attended) => attended,
            Err(error) => {
                self.wishes.forget(&name);
                return Err(error.into());
            }
        };
        match (&attended.acted, &attended.answer.hold) {
            (Some(acted), _) => {
                self.wishes.forget(&name);
                answer(asked, acted)
            }
            (None, Some(ticket)) => {
                let hold = firewall.hold(principal, &ticket.id).await?;
                self.wishes.keep(name, intent, now);
                Err(Fault::held(&attended.answer, &hold))
            }
            (None, None) => {
                self.wishes.forget(&name);
                Err(Fault::refused(&attended))
            }
        }
    }

    /// What would be done, if it can be done at all; else why not, without secrets: words of a node
    /// may stand in it, and a node knows the token that it is asked with.
    async fn intended(
        &self,
        (firewall, tenant): (&Firewall, &TenantId),
        asked: &Asked,
    ) -> Result<Intent, Fault> {
        let misfit = match self.wallet.intend(wish(asked)?).await {
            Ok(intent) => return Ok(intent),
            Err(misfit) => misfit,
        };
        let shown = firewall.screened_value(tenant, &misfit.why.into())?;
        let why = shown.as_str().unwrap_or_default().to_owned();
        Err(Fault::misfit(&Misfit { why, ..misfit }))
    }

    fn name(&self, principal: &Principal, asked: &Asked) -> Name {
        let said = json!({
            "account": self.settings.name,
            "caller": principal.key,
            "method": asked.method,
            "params": asked.params,
            "tenant": principal.tenant,
        });
        Sha256::digest(canonical::to_vec(&said)).into()
    }
}

/// What a method asks to have signed.
///
/// # Errors
/// [`Fault`] for one that signs nothing, and for parameters that are not its own.
pub fn wish(asked: &Asked) -> Result<Wish, Fault> {
    match (asked.method.as_str(), asked.params.as_slice()) {
        ("eth_sendTransaction", [Value::Object(fields)]) => Ok(Wish::Send(fields.clone())),
        ("eth_sendRawTransaction", [Value::String(raw)]) => Ok(Wish::Raw(raw.clone())),
        ("eth_signTypedData_v4", [Value::String(account), data]) => {
            let data = match data {
                // Wallets send the data as a text of JSON.
                Value::String(text) => {
                    let limits = portcullis_firewall::strict::Limits::default();
                    let parsed = portcullis_firewall::strict::parse(text.as_bytes(), &limits);
                    parsed.map_err(|error| Fault::params(error.to_string()))?
                }
                data => data.clone(),
            };
            Ok(Wish::TypedData(account.clone(), data))
        }
        (method, _) => Err(Fault::params(format!(
            "these are not the parameters of `{method}`"
        ))),
    }
}

fn request(
    firewall: &Firewall,
    principal: &Principal,
    intent: &Intent,
) -> Result<Request, GateError> {
    let words = json!({
        "action_type": intent.action_type,
        "target_service": intent.target,
        "environment": intent.environment,
        "parameters": intent.parameters,
    });
    request::from_value(words, principal, firewall.nonce()?, None)
}

/// What the library gets: the hash of what was sent, or the signature.
fn answer(asked: &Asked, acted: &Acted) -> Result<Value, Fault> {
    let said: Value = serde_json::from_slice(&acted.effect.output).unwrap_or_default();
    let name = if asked.method == "eth_signTypedData_v4" {
        "signature"
    } else {
        "hash"
    };
    match (said.get(name), acted.effect.result) {
        // What was handed in has a hash, whatever became of it; its receipt tells that.
        (Some(found @ Value::String(_)), _) => Ok(found.clone()),
        (_, Ended::Done | Ended::Failed | Ended::Unknown) => {
            Err(Fault::failed(&acted.effect.summary, acted.seq))
        }
    }
}

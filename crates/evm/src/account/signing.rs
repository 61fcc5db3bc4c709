//! Signatures over typed data.

use super::{Account, SIGN, parameters::misfit};
use crate::typed::{Limits, Right, TypedError, read};
use alloy_primitives::{Address, Signature, hex};
use portcullis_firewall::{
    order::{Check, DryRun, Effect, Ended, Order},
    outside::{Intent, Misfit},
};
use serde_json::{Map, Value, json};

impl Account {
    pub(super) fn intend_to_sign(&self, account: &str, data: &Value) -> Result<Intent, Misfit> {
        if account.parse::<Address>().ok() != Some(self.settings.address) {
            return Err(misfit("rpc.account", "this account is not the gate's"));
        }
        let right = self.right(data).map_err(|why| Misfit {
            rule: match &why {
                TypedError::Rule { rule, .. } => Some((*rule).to_owned()),
                TypedError::Form(_) | TypedError::Domain(_) => None,
            },
            ..misfit(why.code(), why.to_string())
        })?;
        let mut parameters = Map::new();
        parameters.insert("data".to_owned(), data.clone());
        parameters.insert("words".to_owned(), json!(self.words(&right)));
        parameters.insert("spender".to_owned(), json!(right.spender));
        // A member `token` is hidden, as what secrets are called, unless it says the same as this.
        parameters.insert("asset".to_owned(), json!(right.token));
        Ok(Intent {
            action_type: SIGN.to_owned(),
            target: self.settings.name.clone(),
            environment: self.settings.environment.clone(),
            parameters,
        })
    }

    /// What an order would sign.
    pub(super) fn look_at_signing(&self, order: &Order) -> DryRun {
        match self.right_of(order) {
            Err(why) => DryRun::failed("typed data", why),
            Ok(right) => DryRun {
                passed: true,
                checks: vec![Check {
                    name: "typed data".to_owned(),
                    passed: true,
                    detail: "a known form, for a known token and spender".to_owned(),
                }],
                changes: self.words(&right),
                ..DryRun::default()
            },
        }
    }

    /// Signs.
    pub(super) async fn sign(&self, order: &Order) -> Effect {
        let failed = |why: String| Effect::new(Ended::Failed, format!("nothing was signed: {why}"));
        let right = match self.right_of(order) {
            Ok(right) => right,
            Err(why) => return failed(why),
        };
        let signed = self.ports.signer.sign(&self.settings.key, &right.message);
        let signature = match signed.await {
            Ok(signature) => signature,
            Err(error) => return failed(error.to_string()),
        };
        let Some(signature) = self.ours(&right, &signature) else {
            return failed("the signature over it is not that of the account".to_owned());
        };
        let output = json!({"signature": hex::encode_prefixed(signature)});
        Effect {
            output: output.to_string().into_bytes(),
            ..Effect::new(Ended::Done, "signed")
        }
    }

    /// A signature as contracts want it, with 27 or 28 for the parity; nothing when it is not the account's.
    fn ours(&self, right: &Right, signature: &[u8; 65]) -> Option<[u8; 65]> {
        let parsed = Signature::from_raw_array(signature).ok()?;
        let parsed = parsed.normalize_s().unwrap_or(parsed);
        let signer = parsed.recover_address_from_prehash(&right.hash()).ok()?;
        (signer == self.settings.address).then(|| parsed.as_bytes())
    }

    fn right_of(&self, order: &Order) -> Result<Right, String> {
        let data = order.parameters.get("data");
        let data = data.ok_or_else(|| "`data` is missing".to_owned())?;
        let right = self.right(data).map_err(|why| why.to_string())?;
        if order.parameters.get("words") != Some(&json!(self.words(&right))) {
            return Err("it says something else than its words".to_owned());
        }
        Ok(right)
    }

    fn right(&self, data: &Value) -> Result<Right, TypedError> {
        let right = read(data)?;
        let limits = Limits {
            chain_id: self.pilot.chain.id,
            account: self.settings.address,
            spenders: &self.settings.spenders,
            names: &self.pilot.outfit.names,
        };
        right.check(&limits, self.ports.clock.now())?;
        Ok(right)
    }

    fn words(&self, right: &Right) -> Vec<String> {
        right.words(&self.pilot.outfit.names)
    }
}

//! The signed calls to STS and IAM.

use super::{Granted, Sessions};
use crate::{
    issuer::call::{Reply, call, form},
    xml,
};
use jiff::Timestamp;
use portcullis_firewall::{
    lease::{LeaseAsk, LeaseError},
    outside::{Credential, Method, Parcel},
};
use serde_json::json;
use zeroize::Zeroizing;

const STS_VERSION: &str = "2011-06-15";
const IAM_VERSION: &str = "2010-05-08";
/// IAM is one for all regions, and signed for this one.
const IAM_REGION: &str = "us-east-1";
/// How the policies are named that end sessions.
const DENIAL: &str = "portcullis-";
/// The most that are looked through when old ones are taken away.
const MOST_DENIALS: usize = 100;

impl Sessions {
    pub(super) async fn assume_role(
        &self,
        parameters: &[(String, String)],
    ) -> Result<Granted, LeaseError> {
        let pairs = parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let reply = self.sts("AssumeRole", pairs).await?;
        let text = text(&reply)?;
        let unreadable = || LeaseError::Unanswered("the answer is not what it must be".to_owned());
        let credentials = xml::inside(&text, "Credentials").ok_or_else(unreadable)?;
        let part = |name| xml::text(credentials, name).ok_or_else(unreadable);
        let expires_at: Result<Timestamp, _> = part("Expiration")?.parse();
        Ok(Granted {
            key_id: Zeroizing::new(part("AccessKeyId")?),
            key: Zeroizing::new(part("SecretAccessKey")?),
            token: Zeroizing::new(part("SessionToken")?),
            expires_at: expires_at.map_err(|_| unreadable())?,
            arn: xml::text(&text, "Arn").ok_or_else(unreadable)?,
            source_identity: xml::text(&text, "SourceIdentity"),
            packed_percent: xml::text(&text, "PackedPolicySize").and_then(|size| size.parse().ok()),
        })
    }

    /// Denies everything to the session, and takes away the denials of sessions that have expired.
    pub(super) async fn deny(&self, ask: &LeaseAsk, until: Timestamp) -> Result<(), LeaseError> {
        let document = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Deny",
                "Action": "*",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:SourceIdentity": ask.id}},
            }],
        });
        let role = self.account.role_name();
        let name = format!("{DENIAL}{}-{}", until.as_second(), ask.id);
        let document = document.to_string();
        let put = [
            ("RoleName", role),
            ("PolicyName", name.as_str()),
            ("PolicyDocument", document.as_str()),
        ];
        self.iam("PutRolePolicy", put).await?;
        if let Err(error) = self.tidy(role).await {
            // What is left denies nothing that lives, and is taken away the next time.
            tracing::warn!(%error, role, "old policies could not be taken away");
        }
        Ok(())
    }

    async fn tidy(&self, role: &str) -> Result<(), LeaseError> {
        let most = MOST_DENIALS.to_string();
        let listed = [("RoleName", role), ("MaxItems", most.as_str())];
        let reply = self.iam("ListRolePolicies", listed).await?;
        let now = self.tools.clock.now().as_second();
        for name in xml::texts(&text(&reply)?, "member") {
            let until = name
                .strip_prefix(DENIAL)
                .and_then(|rest| rest.split_once('-'));
            let until = until.and_then(|(until, _)| until.parse::<i64>().ok());
            if until.is_some_and(|until| until < now) {
                let one = [("RoleName", role), ("PolicyName", name.as_str())];
                self.iam("DeleteRolePolicy", one).await?;
            }
        }
        Ok(())
    }

    async fn sts<'p>(
        &self,
        operation: &'p str,
        parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<Reply, LeaseError> {
        let head = [("Action", operation), ("Version", STS_VERSION)];
        let form = form(head.into_iter().chain(parameters));
        let (url, region) = (self.account.sts(), self.account.region.clone());
        self.send(url, form, ("sts", region)).await
    }

    async fn iam<'p>(
        &self,
        operation: &'p str,
        parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<Reply, LeaseError> {
        let head = [("Action", operation), ("Version", IAM_VERSION)];
        let form = form(head.into_iter().chain(parameters));
        let place = ("iam", IAM_REGION.to_owned());
        self.send(self.account.iam(), form, place).await
    }

    /// A call that every key may make, whatever policies say.
    pub(super) fn who_am_i(&self) -> Parcel {
        let form = form([("Action", "GetCallerIdentity"), ("Version", STS_VERSION)]);
        let region = self.account.region.clone();
        self.parcel(self.account.sts(), form, ("sts", region))
    }

    async fn send(
        &self,
        url: String,
        form: Vec<u8>,
        place: (&str, String),
    ) -> Result<Reply, LeaseError> {
        let parcel = self.parcel(url, form, place);
        call(&self.tools, parcel).await?.good()
    }

    fn parcel(&self, url: String, form: Vec<u8>, (service, region): (&str, String)) -> Parcel {
        let kind = "application/x-www-form-urlencoded; charset=utf-8";
        Parcel {
            method: Method::Post,
            url,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: form,
            credential: Some(Credential::Aws {
                key_id: self.account.access_key_id.clone(),
                key: self.account.secret_access_key.clone(),
                token: None,
                service: service.to_owned(),
                region,
            }),
            reach: self.account.reach,
        }
    }
}

fn text(reply: &Reply) -> Result<Zeroizing<String>, LeaseError> {
    let text = std::str::from_utf8(&reply.body).map(|text| Zeroizing::new(text.to_owned()));
    text.map_err(|_| LeaseError::Unanswered("the answer is no text".to_owned()))
}

//! What a command does, as far as that can be told from the command itself, and which commands a
//! tenant allows or blocks.
//!
//! A command is [`asked::Asked`] for, told part by part by an [`account::Account`], decided about by
//! [`policy::CommandRules`], and shown to people by [`sight::lines`].
//!
//! ```
//! use portcullis_policy::command::{account::Account, asked::Asked, effect::Effect};
//!
//! let asked = Asked::Line("kubectl get pods; rm -rf build".to_owned());
//! let account = Account::of(&asked);
//! assert_eq!(account.effect(), Effect::Destructive);
//! assert!(account.is_clear());
//! ```

pub mod account;
pub mod asked;
pub mod effect;
pub mod kinds;
pub mod line;
pub mod policy;
pub mod program;
pub mod sight;
mod tool;
mod tools;
pub mod understanding;

//! What holds for every command.

use portcullis_policy::command::{
    account::Account,
    asked::Asked,
    effect::Effect,
    line::{Obstacle, quote, split},
    program::understand,
};
use proptest::{collection::vec, prelude::*, sample::select};

/// Words that programs know, apart by blanks.
const KNOWN: &str = "\
    kubectl get delete apply pods pod web-1 secret namespace -n shop -f \
    - --dry-run=server --dry-run -o yaml --all --context -- aws ec2 describe-instances terminate-instances \
    --profile s3 rm -rf / git push --force -c sudo env A=b \
    timeout 5 bash helm upgrade terraform destroy -auto-approve plan curl -X DELETE \
    -d psql find -delete -exec sed -i s/a/b/ docker run systemctl restart \
    gcloud az gh pr list --frobnicate --frob=x -z é \
    ";

/// Words that mean something to some program.
pub(crate) fn a_word() -> impl Strategy<Value = String> {
    let known = KNOWN.split_whitespace().chain(["select 1", ""]);
    let known = select(known.collect::<Vec<_>>());
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => "[ -~]{0,8}", 1 => any::<String>()]
        .prop_map(|word| word.replace('\0', ""))
}

pub(crate) fn an_argv() -> impl Strategy<Value = Vec<String>> {
    vec(a_word(), 1..9)
}

fn of_line(line: &str) -> Account {
    Account::of(&Asked::Line(line.to_owned()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_words_are_understood_or_not(argv in an_argv()) {
        let understanding = understand(&argv);
        prop_assert!(!understanding.what.is_empty());
        prop_assert_eq!(&understanding, &understand(&argv));
        if !understanding.is_clear() {
            prop_assert!(understanding.effect >= Effect::NotUnderstood);
            prop_assert_eq!(&understanding.dry_run, &None);
        }
        if let Some(trial) = &understanding.dry_run {
            let tried = understand(trial);
            prop_assert_eq!(tried.effect, Effect::Read, "{:?}", trial);
        }
    }

    #[test]
    fn quoting_changes_nothing(argv in an_argv()) {
        let line = of_line(&quote(&argv));
        let plain = Account::of(&Asked::Argv(argv.clone()));
        let parts = |account: &Account| account.parts.iter().map(|part| part.understanding.clone()).collect::<Vec<_>>();
        prop_assert_eq!(parts(&line), parts(&plain));
        prop_assert_eq!(split(&quote(&argv)).len(), 1);
    }

    #[test]
    fn more_commands_are_never_less_risky(
        argv in an_argv(), more in an_argv(), separator in select(vec!["; ", " && ", " | ", "\n", " & ", " || "]),
    ) {
        let one = Account::of(&Asked::Argv(argv.clone()));
        for line in [
            format!("{}{separator}{}", quote(&argv), quote(&more)),
            format!("{}{separator}{}", quote(&more), quote(&argv)),
            format!("{} $({})", quote(&more), quote(&argv)),
        ] {
            let both = of_line(&line);
            prop_assert!(both.risk() >= one.risk() && both.effect() >= one.effect(), "{}", line);
            prop_assert!(one.is_clear() || !both.is_clear(), "{}", line);
        }
    }

    #[test]
    fn a_flag_that_no_table_has_is_never_understood(argv in an_argv()) {
        let mut argv = argv;
        argv.insert(1, "--frobnicate".to_owned());
        prop_assert!(!understand(&argv).is_clear());
    }

    #[test]
    fn what_only_a_shell_resolves_is_never_understood(argv in an_argv(), end in select(vec!["$X", "*", "$(x)", "> x", "~"])) {
        let account = of_line(&format!("{} {end}", quote(&argv)));
        prop_assert!(!account.is_clear());
        prop_assert!(account.effect() >= Effect::NotUnderstood);
        prop_assert!(account.parts.iter().any(|part| part.segment.obstacles != Vec::<Obstacle>::new()));
    }
}

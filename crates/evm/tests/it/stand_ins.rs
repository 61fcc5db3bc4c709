//! The stand-ins of `contracts/test`, as types.

use alloy_sol_types::sol;

pub(crate) use portcullis_evm::stand_ins::MockToken as Token;

sol!(
    HostileToken,
    "../../contracts/artifacts/test/HostileToken.json"
);
sol!(MovingFeed, "../../contracts/artifacts/test/MovingFeed.json");
sol!(Router, "../../contracts/artifacts/test/Router.json");
sol!(
    RouterGuard,
    "../../contracts/artifacts/test/RouterGuard.json"
);
sol!(
    ApproveGuard,
    "../../contracts/artifacts/test/ApproveGuard.json"
);
sol!(PlainGuard, "../../contracts/artifacts/test/PlainGuard.json");
sol!(PotGuard, "../../contracts/artifacts/test/PotGuard.json");
sol!(Pot, "../../contracts/artifacts/test/Pot.json");
sol!(Trap, "../../contracts/artifacts/test/Trap.json");
sol!(Puppet, "../../contracts/artifacts/test/Puppet.json");
sol!(SlowGuard, "../../contracts/artifacts/test/SlowGuard.json");

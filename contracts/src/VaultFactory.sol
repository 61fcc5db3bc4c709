// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Conditions} from "./Seats.sol";
import {Vault} from "./Vault.sol";
import {Fees, VaultManager} from "./VaultManager.sol";

/// @title Makes vaults: two clones each, of one vault and one manager contract.
contract VaultFactory {
    struct Plan {
        address manager;
        string name;
        string symbol;
        Conditions conditions;
        Fees fees;
        uint32 cooldown;
        bool isPrivate;
    }

    address public immutable vaultCode;
    address public immutable managerCode;
    address public immutable registry;

    mapping(address vault => bool) public isVault;

    event Made(address indexed vault, address indexed logic, address indexed manager);

    /// There are no such conditions.
    error BadConditions();

    constructor(address vaultCode_, address managerCode_) {
        vaultCode = vaultCode_;
        managerCode = managerCode_;
        registry = Vault(vaultCode_).registry();
    }

    /// @notice Makes a vault and its manager contract, both ready.
    function make(Plan calldata plan) external returns (Vault vault, VaultManager logic) {
        if (plan.conditions.checks > 15) revert BadConditions();
        vault = Vault(_clone(vaultCode));
        logic = VaultManager(_clone(managerCode));
        isVault[address(vault)] = true;
        vault.setUp(address(logic), plan.manager, plan.name, plan.symbol, plan.conditions);
        logic.setUp(vault, plan.fees, plan.cooldown, plan.isPrivate);
        emit Made(address(vault), address(logic), plan.manager);
    }

    /// A minimal proxy (EIP-1167): it runs the code of `target`, and nothing else, for ever.
    function _clone(address target) private returns (address made) {
        bytes memory code = abi.encodePacked(
            hex"3d602d80600a3d3981f3363d3d373d3d3d363d73", target, hex"5af43d82803e903d91602b57fd5bf3"
        );
        assembly ("memory-safe") {
            made := create(0, add(code, 32), mload(code))
        }
        require(made != address(0));
    }
}

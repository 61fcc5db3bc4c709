// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IContractGuard, Ruling} from "../interfaces/IContractGuard.sol";
import {IGuardRegistry} from "../interfaces/IGuardRegistry.sol";
import {IERC20} from "../protocols/IERC20.sol";
import {IERC4626} from "../protocols/IERC4626.sol";
import {Canonical} from "./Canonical.sol";
import {Guard} from "./Guard.sol";
import {Kinds} from "./Kinds.sol";
import {Refused, Rules, WHOLE} from "./Refused.sol";

/// @title Judges calls to a tokenised vault (ERC-4626): in and out, for the vault alone.
/// @notice Nobody is given an allowance of its shares: they come and go by these four calls alone.
contract Erc4626Guard is Guard {
    constructor(IGuardRegistry registry) Guard(registry) {}

    /// @inheritdoc IContractGuard
    function judge(address vault, address to, bytes calldata data) external view returns (Ruling memory ruling) {
        bytes4 selector = _selector(data);
        if (selector == IERC4626.deposit.selector) {
            ruling.kind = Kinds.ERC4626_DEPOSIT;
            ruling.received = _in(selector, vault, to, data);
        } else if (selector == IERC4626.mint.selector) {
            ruling.kind = Kinds.ERC4626_MINT;
            ruling.received = _in(selector, vault, to, data);
        } else if (selector == IERC4626.withdraw.selector) {
            ruling.kind = Kinds.ERC4626_WITHDRAW;
            ruling.received = _out(selector, vault, to, data);
        } else if (selector == IERC4626.redeem.selector) {
            ruling.kind = Kinds.ERC4626_REDEEM;
            ruling.received = _out(selector, vault, to, data);
        }
    }

    /// @dev `deposit` and `mint`: an amount and the receiver.
    function _in(bytes4 selector, address vault, address to, bytes calldata data) private view returns (address) {
        Canonical.enough(data, 2);
        uint256[2] memory words = abi.decode(data[4:], (uint256[2]));
        address receiver = address(uint160(words[1]));
        Canonical.same(data, abi.encodeWithSelector(selector, words[0], receiver));
        _filled(Rules.ZERO, 0, words[0]);
        _recipient(1, receiver, vault);
        _enabled(WHOLE, IERC4626(to).asset(), vault);
        _incoming(WHOLE, to, vault);
        return to;
    }

    /// @dev `withdraw` and `redeem`: an amount, the receiver and the owner.
    function _out(bytes4 selector, address vault, address to, bytes calldata data)
        private
        view
        returns (address asset)
    {
        Canonical.enough(data, 3);
        uint256[3] memory words = abi.decode(data[4:], (uint256[3]));
        address receiver = address(uint160(words[1]));
        address owner = address(uint160(words[2]));
        Canonical.same(data, abi.encodeWithSelector(selector, words[0], receiver, owner));
        _filled(Rules.ZERO, 0, words[0]);
        _recipient(1, receiver, vault);
        _owner(2, owner, vault);
        _enabled(WHOLE, to, vault);
        asset = IERC4626(to).asset();
        _incoming(WHOLE, asset, vault);
    }
}

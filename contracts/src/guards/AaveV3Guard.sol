// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IContractGuard, Ruling} from "../interfaces/IContractGuard.sol";
import {IGuardRegistry} from "../interfaces/IGuardRegistry.sol";
import {IAaveV3Pool} from "../protocols/IAaveV3.sol";
import {Canonical} from "./Canonical.sol";
import {Guard} from "./Guard.sol";
import {Kinds} from "./Kinds.sol";
import {Refused, Rules, WHOLE} from "./Refused.sol";

/// @title Judges calls to an Aave V3 pool: lending and borrowing for the vault alone.
/// @notice The position is an asset of the vault under the pool's own address, and has to be enabled, or
/// nobody would count it. Flash loans, credit delegation, permits, efficiency modes and liquidations are
/// refused.
contract AaveV3Guard is Guard {
    /// Interest that varies. The other mode, of stable interest, is closed at Aave.
    uint256 private constant VARIABLE = 2;

    constructor(IGuardRegistry registry) Guard(registry) {}

    /// @inheritdoc IContractGuard
    function judge(address vault, address to, bytes calldata data) external view returns (Ruling memory ruling) {
        bytes4 selector = _selector(data);
        if (selector == IAaveV3Pool.supply.selector) {
            ruling.kind = Kinds.AAVE_SUPPLY;
            ruling.received = to;
            _supply(vault, data);
            _listed(WHOLE, to);
        } else if (selector == IAaveV3Pool.withdraw.selector) {
            ruling.kind = Kinds.AAVE_WITHDRAW;
            ruling.received = _withdraw(vault, data);
        } else if (selector == IAaveV3Pool.borrow.selector) {
            ruling.kind = Kinds.AAVE_BORROW;
            ruling.received = _borrow(vault, data);
            _listed(WHOLE, to);
        } else if (selector == IAaveV3Pool.repay.selector) {
            ruling.kind = Kinds.AAVE_REPAY;
            _repay(vault, data);
        } else if (selector == IAaveV3Pool.setUserUseReserveAsCollateral.selector) {
            ruling.kind = Kinds.AAVE_COLLATERAL;
            _collateral(vault, data);
        } else {
            return ruling;
        }
        // A position that is no longer listed may still be repaid, and withdrawn from.
        _enabled(WHOLE, to, vault);
    }

    function _supply(address vault, bytes calldata data) private view {
        Canonical.enough(data, 4);
        uint256[4] memory words = abi.decode(data[4:], (uint256[4]));
        address asset = address(uint160(words[0]));
        address owner = address(uint160(words[2]));
        Canonical.same(data, abi.encodeCall(IAaveV3Pool.supply, (asset, words[1], owner, uint16(words[3]))));
        // An asset without a price would count for nothing once it is supplied.
        _incoming(0, asset, vault);
        _filled(Rules.ZERO, 1, words[1]);
        _owner(2, owner, vault);
        _unreferred(3, words[3]);
    }

    function _withdraw(address vault, bytes calldata data) private view returns (address asset) {
        Canonical.enough(data, 3);
        uint256[3] memory words = abi.decode(data[4:], (uint256[3]));
        asset = address(uint160(words[0]));
        address recipient = address(uint160(words[2]));
        Canonical.same(data, abi.encodeCall(IAaveV3Pool.withdraw, (asset, words[1], recipient)));
        _incoming(0, asset, vault);
        _filled(Rules.ZERO, 1, words[1]);
        _recipient(2, recipient, vault);
    }

    function _borrow(address vault, bytes calldata data) private view returns (address asset) {
        Canonical.enough(data, 5);
        uint256[5] memory words = abi.decode(data[4:], (uint256[5]));
        asset = address(uint160(words[0]));
        address owner = address(uint160(words[4]));
        Canonical.same(
            data, abi.encodeCall(IAaveV3Pool.borrow, (asset, words[1], words[2], uint16(words[3]), owner))
        );
        _incoming(0, asset, vault);
        _filled(Rules.ZERO, 1, words[1]);
        _variable(2, words[2]);
        _unreferred(3, words[3]);
        _owner(4, owner, vault);
    }

    function _repay(address vault, bytes calldata data) private view {
        Canonical.enough(data, 4);
        uint256[4] memory words = abi.decode(data[4:], (uint256[4]));
        address asset = address(uint160(words[0]));
        address owner = address(uint160(words[3]));
        Canonical.same(data, abi.encodeCall(IAaveV3Pool.repay, (asset, words[1], words[2], owner)));
        _enabled(0, asset, vault);
        _filled(Rules.ZERO, 1, words[1]);
        _variable(2, words[2]);
        _owner(3, owner, vault);
    }

    /// @dev The second argument is free: both are allowed, and the pool sees to the debt.
    function _collateral(address vault, bytes calldata data) private view {
        Canonical.enough(data, 2);
        uint256[2] memory words = abi.decode(data[4:], (uint256[2]));
        address asset = address(uint160(words[0]));
        Canonical.same(
            data, abi.encodeCall(IAaveV3Pool.setUserUseReserveAsCollateral, (asset, words[1] != 0))
        );
        _enabled(0, asset, vault);
    }

    function _variable(uint16 argument, uint256 mode) private pure {
        if (mode != VARIABLE) revert Refused(Rules.MODE, argument, bytes32(mode));
    }

    function _unreferred(uint16 argument, uint256 code) private pure {
        if (code != 0) revert Refused(Rules.REFERRAL, argument, bytes32(code));
    }
}

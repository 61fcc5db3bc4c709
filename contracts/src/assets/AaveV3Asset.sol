// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetGuard, Step} from "../interfaces/IAssetGuard.sol";
import {IGuardRegistry} from "../interfaces/IGuardRegistry.sol";
import {IVault} from "../interfaces/IVault.sol";
import {IAaveV3Pool} from "../protocols/IAaveV3.sol";
import {IERC20} from "../protocols/IERC20.sol";
import {Asset} from "./Asset.sol";

/// @notice A debt stands in the way: taking this part out would leave the rest too close to liquidation,
/// or it is the last part. The manager has to repay first.
error DebtOpen(uint256 debt);

/// @title A position in an Aave V3 pool, under the pool's own address, net of debt.
/// @notice A debt cannot be handed over, and paying it from the vault's other assets would take from those
/// who stay. So with a debt open, who withdraws gets collateral worth their part of what is left after
/// the debt; the debt stays with those who stay, whose health factor falls. Below `HEALTH` that is refused,
/// and so is the last part of all.
/// While there is collateral against which nothing may be borrowed any more (loan-to-value zero), a pool lets
/// nothing else go that secures a debt. So that is what is handed over first.
contract AaveV3Asset is Asset {
    /// The least health factor that a withdrawal may leave, with 18 decimals.
    uint256 public constant HEALTH = 1.1e18;

    /// @dev One reserve: what the vault has in it, and what becomes of that when somebody leaves.
    struct Holding {
        address asset;
        uint256 supplied;
        uint256 owed;
        uint256 configuration;
        uint256 id;
        /// What is supplied, in USD with 18 decimals.
        uint256 worth;
        /// The part of it that secures a debt, in ten-thousandths; zero when it is no collateral.
        uint256 threshold;
        /// It goes before the others.
        bool first;
        /// What a stranger supplied; it keeps everything else from going.
        bool stray;
        /// How much of it is handed over.
        uint256 taken;
    }

    constructor(IGuardRegistry registry) Asset(registry) {}

    /// @notice The position has no unit but what it is worth.
    /// @inheritdoc IAssetGuard
    function balance(address vault, address asset) external view returns (uint256) {
        return value(vault, asset);
    }

    /// @inheritdoc IAssetGuard
    function value(address vault, address asset) public view returns (uint256) {
        (uint256 supplied, uint256 owed) = _sums(_holdings(vault, IAaveV3Pool(asset)));
        return supplied > owed ? supplied - owed : 0;
    }

    /// @notice Nothing supplied and nothing owed in any reserve that counts. No price is asked for.
    /// @inheritdoc IAssetGuard
    function removable(address vault, address asset) external view returns (bool) {
        Holding[] memory holdings = _holdings(vault, IAaveV3Pool(asset));
        for (uint256 i = 0; i < holdings.length; ++i) {
            if (holdings[i].supplied != 0 || holdings[i].owed != 0) return false;
        }
        return true;
    }

    /// @inheritdoc IAssetGuard
    function unwind(address vault, address asset, uint256 part, uint256 whole, address receiver)
        external
        view
        returns (address paid, uint256 amount, Step[] memory steps)
    {
        Holding[] memory holdings = _holdings(vault, IAaveV3Pool(asset));
        if (_debts(holdings)) {
            _share(vault, IAaveV3Pool(asset), holdings, part, whole);
        } else {
            // Without a debt nothing has to be compared, and so no price is asked for.
            for (uint256 i = 0; i < holdings.length; ++i) {
                holdings[i].taken = _part(holdings[i].supplied, part, whole);
            }
        }
        return (address(0), 0, _steps(asset, holdings, receiver));
    }

    /// @dev What each reserve gives towards the part that is due of what is left after the debt.
    function _share(address vault, IAaveV3Pool pool, Holding[] memory holdings, uint256 part, uint256 whole)
        private
        view
    {
        (uint256 supplied, uint256 owed) = _sums(holdings);
        if (owed > supplied) revert DebtOpen(owed);
        _sort(holdings, pool.getUserConfiguration(vault));
        uint256 due = _take(holdings, true, _part(supplied - owed, part, whole));
        _take(holdings, false, due);
        if (owed == 0) return;
        (,,,,, uint256 health) = pool.getUserAccountData(vault);
        if (!_healthy(holdings, owed, health)) revert DebtOpen(owed);
    }

    /// @dev `used` has two bits for each reserve, by its number: whether it is borrowed, and whether it is collateral.
    function _sort(Holding[] memory holdings, uint256 used) private pure {
        bool barred = false;
        for (uint256 i = 0; i < holdings.length; ++i) {
            Holding memory one = holdings[i];
            bool collateral = (used >> (2 * one.id + 1)) & 1 != 0;
            bool zero = uint16(one.configuration) == 0;
            if (collateral) one.threshold = uint16(one.configuration >> 16);
            one.first = !collateral || zero;
            one.stray = collateral && zero && one.supplied == 0;
            // What a stranger supplied is no collateral by the time that the rest goes.
            if (collateral && zero && !one.stray) barred = true;
        }
        // When nothing else is in the way, every reserve gives the same part.
        for (uint256 i = 0; i < holdings.length && !barred; ++i) {
            holdings[i].first = holdings[i].stray;
        }
    }

    /// @dev Takes what is due from those that go first, or from the others, from each the same part.
    /// @return What is still due.
    function _take(Holding[] memory holdings, bool first, uint256 due) private pure returns (uint256) {
        if (due == 0) return 0;
        uint256 sum = 0;
        for (uint256 i = 0; i < holdings.length; ++i) {
            if (holdings[i].first == first) sum += holdings[i].worth;
        }
        for (uint256 i = 0; i < holdings.length; ++i) {
            if (holdings[i].first != first) continue;
            uint256 supplied = holdings[i].supplied;
            holdings[i].taken = due < sum ? supplied * due / sum : supplied;
        }
        return due < sum ? 0 : due - sum;
    }

    /// @dev Whether the health factor is still enough, both as the pool reckons, which knows of what strangers
    /// supplied, and by the feeds. After the last part of all it never is. What it falls by depends on what is
    /// taken, as not all collateral secures as much.
    function _healthy(Holding[] memory holdings, uint256 owed, uint256 health) private pure returns (bool) {
        (uint256 secured, uint256 left) = (0, 0);
        for (uint256 i = 0; i < holdings.length; ++i) {
            Holding memory one = holdings[i];
            if (one.worth == 0) continue;
            secured += one.worth * one.threshold;
            left += one.worth * (one.supplied - one.taken) / one.supplied * one.threshold;
        }
        if (left * 1e14 < HEALTH * owed) return false;
        return health >= HEALTH * secured / left;
    }

    /// @dev Those that go first, then the others. What a stranger supplied stays, and is no collateral any more.
    function _steps(address pool, Holding[] memory holdings, address receiver) private pure returns (Step[] memory) {
        uint256 count = 0;
        Step[] memory steps = new Step[](holdings.length);
        for (uint256 turn = 0; turn < 2; ++turn) {
            for (uint256 i = 0; i < holdings.length; ++i) {
                Holding memory one = holdings[i];
                if (one.first != (turn == 0)) continue;
                bytes memory call;
                if (one.stray) {
                    call = abi.encodeCall(IAaveV3Pool.setUserUseReserveAsCollateral, (one.asset, false));
                } else if (one.taken != 0) {
                    call = abi.encodeCall(IAaveV3Pool.withdraw, (one.asset, one.taken, receiver));
                } else {
                    continue;
                }
                steps[count++] = Step(pool, call);
            }
        }
        return _first(steps, count);
    }

    function _debts(Holding[] memory holdings) private pure returns (bool) {
        for (uint256 i = 0; i < holdings.length; ++i) {
            if (holdings[i].owed != 0) return true;
        }
        return false;
    }

    /// @dev In USD with 18 decimals.
    function _sums(Holding[] memory holdings) private view returns (uint256 supplied, uint256 owed) {
        for (uint256 i = 0; i < holdings.length; ++i) {
            holdings[i].worth = _worth(holdings[i].asset, holdings[i].supplied);
            supplied += holdings[i].worth;
            owed += _worth(holdings[i].asset, holdings[i].owed);
        }
    }

    /// @dev Anyone may supply anything for the vault. What it got so of an asset that never was listed
    /// and is not enabled counts for nothing and is left alone, or a stranger could make the position unpriceable.
    function _holdings(address vault, IAaveV3Pool pool) private view returns (Holding[] memory holdings) {
        address[] memory reserves = pool.getReservesList();
        holdings = new Holding[](reserves.length);
        for (uint256 i = 0; i < reserves.length; ++i) {
            IAaveV3Pool.Reserve memory reserve = pool.getReserveData(reserves[i]);
            uint256 owed = _balance(reserve.variableDebtToken, vault) + _balance(reserve.stableDebtToken, vault);
            uint256 supplied = _balance(reserve.aToken, vault);
            holdings[i].asset = reserves[i];
            (holdings[i].configuration, holdings[i].id) = (reserve.configuration, reserve.id);
            if (supplied == 0 && owed == 0) continue;
            if (owed == 0 && !_counts(vault, reserves[i])) continue;
            (holdings[i].supplied, holdings[i].owed) = (supplied, owed);
        }
    }

    function _counts(address vault, address asset) private view returns (bool) {
        return _registry.feedOf(asset) != address(0) || IVault(vault).isEnabled(asset);
    }

    /// @dev Newer pools have no token for stable debt.
    function _balance(address token, address vault) private view returns (uint256) {
        return token == address(0) ? 0 : IERC20(token).balanceOf(vault);
    }

    function _first(Step[] memory steps, uint256 count) private pure returns (Step[] memory few) {
        few = new Step[](count);
        for (uint256 i = 0; i < count; ++i) {
            few[i] = steps[i];
        }
    }
}

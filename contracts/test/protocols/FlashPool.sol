// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "../../src/protocols/IERC20.sol";
import {MockAavePool, MockReceipt} from "./MockAaveV3.sol";

/// @notice Who is lent to for the length of a call.
interface IBorrower {
    function executeOperation(
        address[] calldata assets,
        uint256[] calldata amounts,
        uint256[] calldata premiums,
        address initiator,
        bytes calldata params
    ) external returns (bool);
}

/// @title A lending pool with Aave's flash loans that are not paid back, but stay as a debt of whoever asked.
contract FlashPool is MockAavePool {
    /// @notice Pays `receiver`; in mode 2, of variable interest, the debt is `onBehalfOf`'s.
    function flashLoan(
        address receiver,
        address[] calldata assets,
        uint256[] calldata amounts,
        uint256[] calldata modes,
        address onBehalfOf,
        bytes calldata params,
        uint16
    ) external {
        require(onBehalfOf == msg.sender, "delegation");
        for (uint256 i = 0; i < assets.length; ++i) {
            require(modes[i] == 2, "mode");
            require(IERC20(assets[i]).transfer(receiver, amounts[i]), "transfer");
            MockReceipt(this.getReserveData(assets[i]).variableDebtToken).mint(onBehalfOf, amounts[i]);
        }
        uint256[] memory premiums = new uint256[](assets.length);
        require(IBorrower(receiver).executeOperation(assets, amounts, premiums, msg.sender, params), "callback");
        (,,,,, uint256 health) = getUserAccountData(onBehalfOf);
        require(health >= 1e18, "health");
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IContractGuard, IHookedGuard, Ruling} from "../src/interfaces/IContractGuard.sol";
import {IGuardRegistry} from "../src/interfaces/IGuardRegistry.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {MockToken} from "./protocols/MockToken.sol";

/// @title A market that pays what it is told to, and lies in wait if it is told so.
contract Router {
    /// What one unit of the first token brings of the second, with 18 decimals.
    mapping(address tokenIn => mapping(address tokenOut => uint256)) public rate;

    address private _target;
    bytes private _bait;
    bytes public answer;
    bool public answered;

    event Received(uint256 out);

    function setRate(address tokenIn, address tokenOut, uint256 rate_) external {
        rate[tokenIn][tokenOut] = rate_;
    }

    /// @notice Calls somebody in the middle of the next swap.
    function lieInWait(address target, bytes calldata bait) external {
        _target = target;
        _bait = bait;
    }

    function swap(address tokenIn, uint256 amountIn, address tokenOut, uint256 least, address to)
        external
        returns (uint256 out)
    {
        MockToken(tokenIn).transferFrom(msg.sender, address(this), amountIn);
        out = amountIn * rate[tokenIn][tokenOut] / 1e18;
        require(out >= least, "too little");
        _spring();
        MockToken(tokenOut).transfer(to, out);
        emit Received(out);
    }

    /// @notice Gives a token for nothing.
    function claim(address token, uint256 amount) external {
        _spring();
        MockToken(token).transfer(msg.sender, amount);
    }

    /// @notice Takes what somebody allowed.
    function take(address token, address from, uint256 amount) external {
        MockToken(token).transferFrom(from, msg.sender, amount);
    }

    function _spring() private {
        if (_target == address(0)) return;
        (answered, answer) = _target.call(_bait);
    }
}

/// @title Judges swaps at the router: the vault itself is paid, in what it may hold.
contract RouterGuard is IHookedGuard {
    error NotCanonical();
    error WrongReceiver(uint256 argument, address seen);

    uint256 public settled;
    bool private _refuses;

    function refuse(bool refuses) external {
        _refuses = refuses;
    }

    function judge(address vault, address, bytes calldata data) external pure returns (Ruling memory ruling) {
        if (bytes4(data) == Router.swap.selector) {
            (address a, uint256 b, address c, uint256 d, address to) =
                abi.decode(data[4:], (address, uint256, address, uint256, address));
            if (keccak256(abi.encodeCall(Router.swap, (a, b, c, d, to))) != keccak256(data)) revert NotCanonical();
            if (to != vault) revert WrongReceiver(4, to);
            ruling.kind = 2;
            ruling.received = c;
        } else if (bytes4(data) == Router.claim.selector) {
            ruling.kind = 3;
        }
    }

    /// @notice Refuses afterwards, if it was told to.
    function settle(address, address, bytes calldata, bytes calldata) external {
        if (_refuses) revert NotCanonical();
        ++settled;
    }
}

/// @title Judges approvals of a token.
contract ApproveGuard is IContractGuard {
    IGuardRegistry private immutable REGISTRY;

    error NotCanonical();
    error NotSpender(uint256 argument, address seen);

    constructor(IGuardRegistry registry_) {
        REGISTRY = registry_;
    }

    function judge(address, address to, bytes calldata data) external view returns (Ruling memory ruling) {
        if (bytes4(data) != MockToken.approve.selector) return ruling;
        if (data.length != 68) revert NotCanonical();
        uint256 spender = uint256(bytes32(data[4:36]));
        if (spender >> 160 != 0) revert NotCanonical();
        if (!REGISTRY.isSpender(address(uint160(spender)))) revert NotSpender(0, address(uint160(spender)));
        ruling = Ruling(1, to, address(uint160(spender)), address(0));
    }
}

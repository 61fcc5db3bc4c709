// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IContractGuard, Ruling} from "../interfaces/IContractGuard.sol";
import {IGuardRegistry} from "../interfaces/IGuardRegistry.sol";
import {IUniswapV3Router as Router} from "../protocols/IUniswapV3.sol";
import {Canonical} from "./Canonical.sol";
import {Guard} from "./Guard.sol";
import {Kinds} from "./Kinds.sol";
import {Path} from "./Path.sol";
import {Refused, Rules} from "./Refused.sol";

/// @title Judges calls to a Uniswap V3 router.
/// @notice The four swaps, alone or as the one swap of a multicall, which may sweep what is left to the
/// vault after it. Whatever moves ether, asks for a permit, calls back into a pool, or is a multicall
/// inside a multicall is refused.
contract UniswapV3Guard is Guard {
    /// One swap and one sweep.
    uint256 private constant MOST_CALLS = 2;

    /// The fields of an order over several pools, as words.
    struct Loose {
        bytes path;
        uint256 recipient;
        uint256 deadline;
        uint256 exact;
        uint256 bound;
    }

    constructor(IGuardRegistry registry) Guard(registry) {}

    /// @inheritdoc IContractGuard
    function judge(address vault, address, bytes calldata data) external view returns (Ruling memory ruling) {
        if (_selector(data) == Router.multicall.selector) {
            ruling.received = _multicall(vault, data);
            ruling.kind = Kinds.V3_MULTICALL;
        } else {
            (ruling.kind, ruling.received) = _swap(vault, data);
        }
    }

    /// @dev Kind zero for whatever is not a swap.
    function _swap(address vault, bytes calldata data) private view returns (uint16 kind, address received) {
        bytes4 selector = _selector(data);
        if (selector == Router.exactInputSingle.selector) {
            return (Kinds.V3_SWAP_EXACT_IN_SINGLE, _single(selector, Rules.MINIMUM, vault, data));
        }
        if (selector == Router.exactOutputSingle.selector) {
            return (Kinds.V3_SWAP_EXACT_OUT_SINGLE, _single(selector, Rules.MAXIMUM, vault, data));
        }
        if (selector == Router.exactInput.selector) {
            return (Kinds.V3_SWAP_EXACT_IN, _several(selector, Rules.MINIMUM, vault, data));
        }
        if (selector == Router.exactOutput.selector) {
            return (Kinds.V3_SWAP_EXACT_OUT, _several(selector, Rules.MAXIMUM, vault, data));
        }
    }

    /// @dev Both swaps in one pool have fields of the same types.
    function _single(bytes4 selector, bytes32 bound, address vault, bytes calldata data)
        private
        view
        returns (address)
    {
        Canonical.enough(data, 8);
        uint256[8] memory words = abi.decode(data[4:], (uint256[8]));
        Router.ExactInputSingle memory order = Router.ExactInputSingle({
            tokenIn: address(uint160(words[0])),
            tokenOut: address(uint160(words[1])),
            fee: uint24(words[2]),
            recipient: address(uint160(words[3])),
            deadline: words[4],
            amountIn: words[5],
            amountOutMinimum: words[6],
            sqrtPriceLimitX96: uint160(words[7])
        });
        Canonical.same(data, abi.encodeWithSelector(selector, order));
        if (order.tokenIn == order.tokenOut) revert Refused(Rules.REPEATED, 1, _bytes(order.tokenOut));
        _enabled(0, order.tokenIn, vault);
        _incoming(1, order.tokenOut, vault);
        _recipient(3, order.recipient, vault);
        _deadline(4, order.deadline);
        _filled(Rules.ZERO, 5, order.amountIn);
        _filled(bound, 6, order.amountOutMinimum);
        if (order.sqrtPriceLimitX96 != 0) revert Refused(Rules.LIMIT, 7, bytes32(words[7]));
        return order.tokenOut;
    }

    /// @dev Both swaps over several pools have fields of the same types. An exact output names its path
    /// from the end.
    function _several(bytes4 selector, bytes32 bound, address vault, bytes calldata data)
        private
        view
        returns (address)
    {
        Canonical.offset(data, 0, 32);
        Canonical.offset(data, 1, 5 * 32);
        Canonical.length(data, 6, 1);
        Loose memory loose = abi.decode(data[4:], (Loose));
        Router.ExactInput memory order = Router.ExactInput({
            path: loose.path,
            recipient: address(uint160(loose.recipient)),
            deadline: loose.deadline,
            amountIn: loose.exact,
            amountOutMinimum: loose.bound
        });
        Canonical.same(data, abi.encodeWithSelector(selector, order));
        address[] memory path = Path.tokens(loose.path, selector == Router.exactOutput.selector);
        _path(0, path, vault);
        _recipient(1, order.recipient, vault);
        _deadline(2, order.deadline);
        _filled(Rules.ZERO, 3, order.amountIn);
        _filled(bound, 4, order.amountOutMinimum);
        return path[path.length - 1];
    }

    /// @dev The inner calls are read where the canonical encoding puts them, one after the other, and
    /// encoded again.
    function _multicall(address vault, bytes calldata data) private view returns (address received) {
        Canonical.offset(data, 0, 32);
        uint256 count = Canonical.length(data, 1, 32);
        if (count == 0 || count > MOST_CALLS) revert Refused(Rules.CALLS, 0, bytes32(count));
        bytes[] memory again = new bytes[](count);
        uint256 index = 2 + count;
        for (uint256 i = 0; i < count; ++i) {
            uint256 length = Canonical.length(data, index, 1);
            uint256 start = 4 + 32 * (index + 1);
            bytes calldata inner = data[start:start + length];
            again[i] = inner;
            if (i == 0) received = _first(vault, inner);
            else _sweep(vault, inner);
            index += 1 + (length + 31) / 32;
        }
        Canonical.same(data, abi.encodeCall(Router.multicall, (again)));
    }

    /// @dev The first inner call is a swap; a multicall is none.
    function _first(address vault, bytes calldata inner) private view returns (address) {
        (uint16 kind, address received) = _swap(vault, inner);
        if (kind == 0) revert Refused(Rules.INNER, 0, bytes32(_selector(inner)));
        return received;
    }

    /// @dev The second brings what the router still has to the vault.
    function _sweep(address vault, bytes calldata inner) private view {
        bytes4 selector = _selector(inner);
        if (selector != Router.sweepToken.selector) revert Refused(Rules.INNER, 1, bytes32(selector));
        Canonical.enough(inner, 3);
        uint256[3] memory words = abi.decode(inner[4:], (uint256[3]));
        address token = address(uint160(words[0]));
        address recipient = address(uint160(words[2]));
        Canonical.same(inner, abi.encodeCall(Router.sweepToken, (token, words[1], recipient)));
        _incoming(0, token, vault);
        _recipient(2, recipient, vault);
    }
}

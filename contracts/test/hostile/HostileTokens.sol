// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MockToken} from "../protocols/MockToken.sol";

/// @title A token that answers nothing, as some old ones do.
contract SilentToken {
    uint8 public constant decimals = 18;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        // Some refuse to change one allowance into another.
        require(amount == 0 || allowance[msg.sender][spender] == 0, "not from non-zero");
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @title A token that says no without reverting.
contract FalseToken is MockToken(18) {
    function transfer(address, uint256) public pure override returns (bool) {
        return false;
    }

    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return false;
    }
}

/// @title A token that can be stopped: for all, or for some.
contract StoppableToken is MockToken(18) {
    bool public stopped;
    mapping(address => bool) public listed;

    function stop(bool stopped_) external {
        stopped = stopped_;
    }

    function blacklist(address account, bool listed_) external {
        listed[account] = listed_;
    }

    function _move(address from, address to, uint256 amount) internal override {
        require(!stopped && !listed[from] && !listed[to], "stopped");
        super._move(from, to, amount);
    }
}

/// @title A token that reverts whatever it is asked, once it is told to.
contract DeafToken is MockToken(18) {
    bool public deaf;

    function set(bool deaf_) external {
        deaf = deaf_;
    }

    function balanceOf(address account) public view override returns (uint256) {
        require(!deaf, "deaf");
        return super.balanceOf(account);
    }
}

/// @title A token that uses up all gas there is when its balance is asked for, once it is told to.
contract GreedyToken is MockToken(18) {
    bool public greedy;

    function indulge(bool greedy_) external {
        greedy = greedy_;
    }

    function balanceOf(address account) public view override returns (uint256) {
        // A failed check of the compiler's would give back what is left.
        if (greedy) {
            assembly {
                invalid()
            }
        }
        return super.balanceOf(account);
    }
}

/// @title A token that tells its balance until its holder has less of another one.
contract FickleToken is MockToken(18) {
    MockToken public other;
    uint256 public least;

    function watch(MockToken other_, uint256 least_) external {
        (other, least) = (other_, least_);
    }

    function balanceOf(address account) public view override returns (uint256) {
        require(address(other) == address(0) || other.balanceOf(account) >= least, "fickle");
        return super.balanceOf(account);
    }
}

/// @title A token that asks one receiver before it moves, as those with hooks do of whoever wants to be asked.
contract HailingToken is MockToken(18) {
    Glutton public hailed;

    function hail(Glutton who) external {
        hailed = who;
    }

    function _move(address from, address to, uint256 amount) internal override {
        if (to == address(hailed)) hailed.received();
        super._move(from, to, amount);
    }
}

/// @title A receiver that uses up all gas there is.
contract Glutton {
    function received() external pure {
        assembly {
            invalid()
        }
    }
}

/// @title A token that moves only while there is much gas at hand.
contract CautiousToken is MockToken(18) {
    uint256 private constant GAS = 2_500_000;

    function _move(address from, address to, uint256 amount) internal override {
        require(gasleft() >= GAS, "too little gas");
        super._move(from, to, amount);
    }
}

/// @title A token that keeps a tenth of what is sent.
contract FeeToken is MockToken(18) {
    function _move(address from, address to, uint256 amount) internal override {
        super._move(from, to, amount - amount / 10);
        _burn(from, amount / 10);
    }
}

/// @title A token whose balances all change at once.
contract RebasingToken is MockToken(18) {
    uint256 public percent = 100;

    function rebase(uint256 percent_) external {
        percent = percent_;
    }

    function balanceOf(address account) public view override returns (uint256) {
        return _balances[account] * percent / 100;
    }
}

/// @title A token that calls out while it moves, as those with hooks do.
contract HookToken is MockToken(18) {
    address public target;
    bytes public call;
    bool public tried;
    bool public done;
    bytes public answer;

    function arm(address target_, bytes calldata call_) external {
        (target, call) = (target_, call_);
        (tried, done) = (false, false);
    }

    function _move(address from, address to, uint256 amount) internal override {
        super._move(from, to, amount);
        if (target == address(0) || tried) return;
        tried = true;
        (done, answer) = target.call(call);
    }
}

/// @title A token with more than the usual calls for giving rights away.
contract LooseToken is MockToken(18) {
    function increaseAllowance(address spender, uint256 more) external returns (bool) {
        allowance[msg.sender][spender] += more;
        return true;
    }

    function setApprovalForAll(address spender, bool allowed) external {
        allowance[msg.sender][spender] = allowed ? type(uint256).max : 0;
    }
}

/// @title Runs whatever calls it: an address that is no token at all, and is happy about every call.
contract Happy {
    uint256 public called;

    fallback(bytes calldata) external returns (bytes memory) {
        ++called;
        return abi.encode(true);
    }
}

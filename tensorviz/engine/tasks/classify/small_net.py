"""The earlier place of SmallNet: scripts copied out of earlier versions of tensorviz import it from here.

Must not know anything else; the network itself lives in tensorviz.engine.small_net.
"""

from tensorviz.engine.small_net import SmallNet

__all__ = ["SmallNet"]

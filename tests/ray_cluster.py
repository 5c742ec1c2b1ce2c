"""A Ray cluster of two machines, as a program: both are this one, heard by no other.

It writes its address and ends when its input does; the word `remove` on a line removes the second
machine, which is killed, not asked. With `--strange` Ray is another version.
"""

import os
import sys
import tempfile


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as path:
        os.environ["RAY_TMPDIR"] = path
        import ray
        from ray.cluster_utils import Cluster

        if "--strange" in sys.argv:
            ray.__version__ = "1.0.0"
        machine = {"num_cpus": 1, "node_ip_address": "127.0.0.1", "include_dashboard": False}
        cluster = Cluster(initialize_head=True, head_node_args=machine)
        try:
            second = cluster.add_node(**machine)
            print(cluster.address, flush=True)
            for line in sys.stdin:
                if line.strip() == "remove":
                    cluster.remove_node(second, allow_graceful=False)
                    print("removed", flush=True)
        finally:
            cluster.shutdown()


if __name__ == "__main__":
    main()

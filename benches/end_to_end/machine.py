"""What the figures were measured on: nothing that names the machine or its folders."""
import os
import platform


def described(cores, smallest_peak_bytes):
    """The machine in a few facts."""
    return {
        "cpu": cpu_model(),
        "cores_used": list(cores),
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "smallest_peak_bytes": smallest_peak_bytes,
        "is_bound_to_cores": hasattr(os, "sched_setaffinity"),
    }


def cpu_model():
    """The processor's name."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            lines = dict(line.split(":", 1) for line in file if ":" in line)
        return next(value.strip() for key, value in lines.items() if key.strip() in ("model name", "Model"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def usable_cores():
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))

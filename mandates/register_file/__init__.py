"""The register file: a register, or a part of it, as one YAML file (`docs/register-file.md`).

`load` brings the register to what files say, `dump` gives the register in the same layout, `as_yaml` writes it down.
"""

from mandates.register_file.dumping import InLine, Quoted, as_yaml, dump
from mandates.register_file.loading import Loaded, Summary, load

__all__ = ["InLine", "Loaded", "Quoted", "Summary", "as_yaml", "dump", "load"]

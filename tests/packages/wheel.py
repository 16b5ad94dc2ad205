"""What the small app does not show of the wheel: what it says of itself, and an error nobody caught."""

import sys
from importlib import metadata

import doorstep

about = metadata.metadata("doorstep")
print(about["Name"], about["Version"], about["License-Expression"])
print("README" if "FieldClient.open" in about.get_payload() else "no README")
print("annotated" if doorstep.FieldClient.read.__annotations__ else "not annotated")
doorstep.FieldClient.open(sys.argv[1] + "/store", bytes(31))

"""What pyproject.toml cannot say: the version is Cargo's, and the wheel fits one platform and any Python 3."""

import os

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel


class PlatformWheel(bdist_wheel):
    """The library is called through ctypes: it belongs to a platform, not to a version of Python."""

    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


class WithLibrary(Distribution):
    """A distribution with a native library in it."""

    def has_ext_modules(self):
        return True


setup(version=os.environ["DOORSTEP_VERSION"], distclass=WithLibrary, cmdclass={"bdist_wheel": PlatformWheel})

import pytest

pytest.register_assert_rewrite("tests.site.labs")  # a comparison that fails there says what it compared

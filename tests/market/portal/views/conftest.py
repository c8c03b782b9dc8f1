from tests.orders.outbound.conftest import receiver

__all__ = ["receiver"]

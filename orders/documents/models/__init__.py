from orders.documents.models.document import Document as Document
from orders.documents.models.document import DocumentSeries as DocumentSeries
from orders.documents.models.document import Rendering as Rendering
from orders.documents.models.tax_invoice import InvoiceDetails as InvoiceDetails
from orders.documents.models.tax_invoice import InvoiceProfile as InvoiceProfile
from orders.documents.models.tax_invoice import TaxInvoice as TaxInvoice
from orders.documents.models.tax_invoice import TaxInvoiceEvent as TaxInvoiceEvent
from orders.documents.models.tax_invoice import TaxInvoiceRequest as TaxInvoiceRequest
